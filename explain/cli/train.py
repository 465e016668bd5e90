import click
@click.command("train")
def command() -> None:
    "soon"
