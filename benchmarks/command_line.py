"""The command line as whole processes, beside ``import sympy``: the least processor time of several runs in turn.

    python benchmarks/command_line.py [ROUNDS]

``explain gradient w1``, with its check, is to stay within 1.4 times the import of sympy alone. Run it twice: the first
run may still compile bytecode.
"""

from __future__ import annotations

import resource
import subprocess
import sys

COMMANDS = {
    "import sympy": ["-c", "import sympy"],
    "explain --help": ["-m", "explain", "--help"],
    "explain point": ["-m", "explain", "point"],
    "explain gradient w1": ["-m", "explain", "gradient", "w1"],
    "explain gradient w1 --no-check": ["-m", "explain", "gradient", "w1", "--no-check"],
    "explain gradient all": ["-m", "explain", "gradient", "all"],
    "explain check": ["-m", "explain", "check"],
}


def processor_time(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(rounds: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, arguments in COMMANDS.items():
            times[name].append(processor_time(arguments))
    base = min(times["import sympy"])
    for name, seconds in times.items():
        print(f"{name:32} {min(seconds):6.3f} s   {min(seconds) / base:5.2f} × import sympy")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
