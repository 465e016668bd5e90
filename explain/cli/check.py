import click
@click.command("check")
def command() -> None:
    "soon"
