"""`mote completion`: the script that teaches a shell to complete verbs, options and file names."""

import click

VARIABLE = "_MOTE_COMPLETE"
SETUP = {
    "bash": 'eval "$(mote completion bash)"',
    "zsh": 'eval "$(mote completion zsh)"',
    "fish": "mote completion fish | source",
}


@click.command()
@click.argument("shell", type=click.Choice(tuple(SETUP)))
def command(shell: str) -> None:
    """Print the completion script of SHELL; for bash put this into ~/.bashrc: eval "$(mote completion bash)"."""
    from click.shell_completion import get_completion_class

    from mote.cli import command as mote

    complete = get_completion_class(shell)(mote, {}, "mote", VARIABLE)
    print(f"# To have this in every shell, put into its start file: {SETUP[shell]}")
    print(complete.source_template % complete.source_vars())
