"""Tab completion for the shell."""

from __future__ import annotations

import click

__all__ = ["completion"]

_HOW = {
    "bash": 'eval "$(weighbridge completion bash)"  # in ~/.bashrc',
    "zsh": 'eval "$(weighbridge completion zsh)"   # in ~/.zshrc',
    "fish": "weighbridge completion fish > ~/.config/fish/completions/weighbridge.fish",
}


@click.command(epilog="\b\n" + "\n".join(_HOW.values()))
@click.argument("shell", type=click.Choice(list(_HOW)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes commands, options, molecules and criteria with TAB."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    root = context.find_root().command
    click.echo(kind(root, {}, "weighbridge", "_WEIGHBRIDGE_COMPLETE").source())
