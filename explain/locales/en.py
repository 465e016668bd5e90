"""English sentences."""

from __future__ import annotations

from . import Locale

__all__ = ["LOCALE"]

LOCALE = Locale(
    "en",
    {
        "title.one": "The derivative of {of} with respect to {wrt}",
        "title.many": "The derivatives of {of} with respect to {wrt}",
        "section": "The derivative with respect to {wrt}",
        # what we want
        "want": "What we want.",
        "want.one": "How does {of} change when only {wrt} changes? {wrt} reaches {of} along one path:",
        "want.few": "How does {of} change when only {wrt} changes? {wrt} reaches {of} along {count} paths:",
        "want.many": "How does {of} change when only {wrt} changes? {wrt} reaches {of} along {count} paths; the chain rule collects them unit by unit.",
        "want.none": "{of} does not depend on {wrt}: no path leads from one to the other, so the derivative is zero.",
        "count.2": "two", "count.3": "three", "count.4": "four",
        "figure.paths": "The way from {wrt} to {of}.",
        # what a picture shows, for those who cannot see it
        "figure.network": "A network with layers of {sizes} units, its inputs on the left.",
        "figure.network.few": "Coloured: {paths}.",
        "figure.network.many": "Coloured: the {count} paths from {wrt} to {of}.",
        "figure.network.values": "Each name has its value, and below it the derivative of {of} by it.",
        "figure.graph": "A graph that leads from {givens} to {of}: an arrow goes from each name to those computed from it.",
        "figure.graph.values": "Each arrow carries a value forward and, below it, its share of the derivative of {of} back.",
        "figure.network.none": "No path leads from {wrt} to {of}.",
        # definitions
        "point": "The numbers.",
        "point.rounding": "All numbers are printed with {places} decimals; the calculation itself does not round. The point is",
        "point.more": "({count} more lines of values are left out here.)",
        "point.sample": "These are the inputs and targets of sample 1 of {count}.",
        "given.input": "inputs", "given.weight": "weights", "given.bias": "biases", "given.target": "targets",
        "definitions": "The definitions it passes.",
        "definitions.all": "Forward.",
        "definitions.aside": "Off these paths and therefore constant here: {nodes}.",
        "definitions.functions": "Here {definitions}.",
        # chain rule
        "chain": "Chain rule.",
        "chain.one": "One path gives one product:",
        "chain.few": "One product per path; what the paths share is taken out once:",
        "chain.shared": "All paths run through what is known, so one product remains:",
        "chain.many": "Every {delta} collects what comes back to its unit over all paths, so each is computed once and used again:",
        "chain.known": "From {where} we have {known}.",
        "chain.totals": "The sign d means the derivative through every path, ∂ the direct one with everything else held fixed.",
        # factors
        "factors": "Each factor.",
        "likewise": "likewise",
        "and so on": "and likewise for the {count} others",
        "reason.linear": "only {term} contains {x}",
        "reason.factor": "the other factor is held fixed",
        "reason.itself": "{x} stands alone in the sum",
        "reason.output": "the slope of {function}, written in its output",
        "reason.slope": "the slope of {function}",
        "reason.kink": "the slope of {function}; 0 at the kink, by declaration",
        "reason.identity": "the identity",
        "reason.common denominator": "common denominator",
        "reason.cancel": "{what} cancels",
        "reason.chain": "chain rule",
        "reason.no path": "no path",
        "insight.cancel": "The slope of {function} cancels the denominator that the loss brings: this is why the two go together.",
        # rules
        "rule.constant": "constant", "rule.variable": "variable", "rule.sum": "sum", "rule.constant factor": "constant factor",
        "rule.product": "product rule", "rule.quotient": "quotient rule", "rule.reciprocal": "reciprocal", "rule.power": "power rule",
        "rule.exponential": "exponential", "rule.variable power": "power with variable exponent", "rule.logarithm": "logarithm",
        "rule.sine": "sine", "rule.cosine": "cosine", "rule.tangent": "tangent", "rule.hyperbolic sine": "hyperbolic sine",
        "rule.hyperbolic cosine": "hyperbolic cosine", "rule.hyperbolic tangent": "hyperbolic tangent",
        "rule.absolute value": "absolute value", "rule.sign": "sign", "rule.step": "step", "rule.maximum": "maximum",
        "rule.minimum": "minimum", "rule.named function": "slope of the function", "rule.chain": "chain rule",
        "rule.by sympy.diff": "by sympy.diff, outside the rules of this page",
        # together
        "together": "Together.",
        "closed": "Closed form.",
        # what it says
        "says": "What it says.",
        "says.up": "Positive: raising {x} a little raises {of}, so descent lowers {x}: with {rate}, {update}.",
        "says.down": "Negative: raising {x} a little lowers {of}, so descent raises {x}: with {rate}, {update}.",
        "says.flat": "Zero: to first order {of} does not change with {x} here, so descent leaves {x} where it is.",
        "says.input": "Raising {x} by a small amount changes {of} by about {slope} times that amount.",
        # check
        "checked": "Checked.",
        "checked.proof": "Proof: equal to the derivative of the substituted {of}.",
        "checked.proof.kinks": "Proof: away from the kinks, equal to the derivative of the substituted {of}.",
        "checked.refuted": "Refuted: this is not the derivative of the substituted {of}.",
        "checked.difference": "Central difference: {quotient} against {value}, difference {error} within the bound {bound} (step {step}).",
        "checked.failed": "Central difference: {quotient} against {value}, difference {error} beyond the bound {bound} (step {step}): {verdict}.",
        "checked.all": "Every factor above was checked in the same way: {agreed} of {count} steps agree (largest difference {error}).",
        "checked.some": "{agreed} of {count} steps agree; the others are in this table.",
        "checked.table": "Every step beside its central difference.",
        "verdict.agrees": "agrees", "verdict.wrong": "wrong", "verdict.at a kink": "at a kink", "verdict.not resolvable": "not resolvable at this point",
        "table.step": "step", "table.value": "value", "table.difference": "central difference", "table.error": "difference",
        "table.bound": "bound", "table.verdict": "verdict",
        # all gradients at once
        "survey.title": "Every gradient of {of} beside its central difference",
        "survey.agreed": "{agreed} of {count} agree (largest difference {error}).",
        "table.gradient": "gradient", "table.worst": "largest difference", "table.point": "at point", "table.verdicts": "verdicts",
        # training
        "training.title": "Training on {data}",
        "training.how": "The network {sizes} with {count} parameters learns {data}: {steps} steps of {optimizer} from the start that seed {seed} draws.",
        "training.losses": "The mean loss is {first} at the start and {last} at the end.",
        "training.prediction": "{of}, predicted",
        "training.right": "{right} of {count} predictions lie on the right side of 1/2.",
        "figure.losses": "The mean loss in each of {steps} steps: {first} at the start, {last} at the end.",
        "figure.losses.across": "step", "figure.losses.up": "mean loss",
        # samples
        "mean": "The mean over the samples.",
        "mean.here": "The derivative of the mean of {of} over {count} samples is the mean of the derivatives (a factor 1/{count}):",
        "mean.sample": "sample", "mean.mean": "mean",
        "word.if": "if", "word.otherwise": "otherwise", "word.where": "where",
    },
)  # fmt: skip
