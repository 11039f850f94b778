"""The command `mote`: the list of verbs, and the one place where errors become a line and an exit code.

A verb is a file in this folder whose click command is called `command`; it is imported only when it is used, so that
`mote --help` answers at once.
"""

import errno
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

import click

from mote import __version__
from mote.errors import ExitCode, UserError, reason

LINE_MAX = 2000

# Verb, heading, what it does: the row is what `mote --help` shows; the rest is in the verb's own file.
VERBS: tuple[tuple[str, str, str], ...] = (
    ("demo", "First contact", "Build the runtime and an example, run it, show what a failure looks like."),
    ("test", "First contact", "Run everything that passes the tests."),
    ("doctor", "First contact", "Say what is there, what is missing, and the line that mends it."),
    ("build", "WebAssembly programs", "Compile C to a small WebAssembly module."),
    ("run", "WebAssembly programs", "Run a module on a device or in the runtime of this checkout."),
    ("validate", "WebAssembly programs", "Check whether files are valid modules."),
    ("inspect", "WebAssembly programs", "Show sections, imports, exports, needed features and sizes of a module."),
    ("install", "Devices", "Send a module to a device's flash, where it stays."),
    ("ls", "Devices", "List the packages on a device."),
    ("ps", "Devices", "Show what runs on a device."),
    ("start", "Devices", "Start an installed module."),
    ("stop", "Devices", "Stop a running module."),
    ("logs", "Devices", "Show what a module has printed last."),
    ("enable", "Devices", "Let a package start by itself."),
    ("disable", "Devices", "Keep a package from starting by itself."),
    ("rollback", "Devices", "Go back to the version of a package before."),
    ("rm", "Devices", "Remove packages from a device."),
    ("fs", "Devices", "List, copy, show and remove files on a device."),
    ("monitor", "Devices", "Follow output and crashes of a device's modules."),
    ("console", "Devices", "Type to a device's own console."),
    ("device", "Devices", "List devices, ask what one is, restart one."),
    ("aot", "Native code", "Compile a module ahead of time: native code in the same file."),
    ("disasm", "Native code", "Show a function's instructions, LLVM IR and machine code side by side."),
    ("symbolize", "Native code", "Say which functions and instructions addresses in native code belong to."),
    ("targets", "Native code", "List the CPUs that native code can be made for."),
    ("flash", "Firmware", "Write the firmware to a board."),
    ("config", "Firmware", "Edit or save the configuration of a board."),
    ("size", "Firmware", "Show flash and RAM of the firmware by part, file and symbol."),
    ("bench", "Firmware", "Measure our engines against others."),
    ("completion", "Shell", "Print the completion script of a shell."),
)


class Verbs(click.Group):
    """A group that imports a verb when it is used and suggests one when a name is misspelt."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order of the table."""
        return [verb for verb, _, _ in VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb, or None when there is no such verb."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return import_module(f"mote.cli.{cmd_name}").command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that the arguments start with; an unknown one gets a suggestion."""
        name = args[0]
        if name not in self.list_commands(ctx) and not name.startswith("-"):
            close = get_close_matches(name, self.list_commands(ctx), n=1)
            hint = f"did you mean '{close[0]}'?" if close else "see: mote --help"
            raise click.UsageError(f"unknown verb '{name}': {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs under their headings, without importing them."""
        for heading in dict.fromkeys(heading for _, heading, _ in VERBS):
            with formatter.section(heading):
                formatter.write_dl([(verb, text) for verb, group, text in VERBS if group == heading])


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Start with: mote demo",
)
@click.version_option(__version__, prog_name="mote", message="%(prog)s %(version)s")
def command() -> None:
    """Run WebAssembly modules on microcontrollers the way MicroPython runs scripts."""


def main(args: Sequence[str] | None = None) -> int:
    """Run `mote` with the given arguments (default: the process's) and return the exit code."""
    try:
        code = command.main(args=args, prog_name="mote", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else ExitCode.OK
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return ExitCode.USAGE
    except click.UsageError as error:
        return fail(usage_line(error), ExitCode.USAGE)
    except click.ClickException as error:
        return fail(error.format_message(), error.exit_code)
    except UserError as error:
        return fail(str(error), error.code)
    except (KeyboardInterrupt, click.Abort):
        return fail("interrupted", ExitCode.INTERRUPTED)
    except OSError as error:
        return machine_failed(error)


def machine_failed(error: OSError) -> int:
    """The operating system refused something: say what. A reader that went away is no news to anybody."""
    where = f"{error.filename}: " if error.filename else ""
    try:
        sys.stdout.flush()
    except OSError:
        # The interpreter flushes again at exit: give it something that takes the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return ExitCode.FAILED if error.errno == errno.EPIPE else fail(where + reason(error), ExitCode.FAILED)


def usage_line(error: click.UsageError) -> str:
    """A usage error as one line that ends with the help to read."""
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        error.possibilities = get_close_matches(error.option_name, error.possibilities, n=1, cutoff=0)
    message = error.format_message().rstrip(".")
    message = message[:1].lower() + message[1:]
    if "--help" in message or message.endswith("?"):
        return message
    path = error.ctx.command_path if error.ctx else "mote"
    return f"{message}. See: {path} --help"


def fail(line: str, code: int) -> int:
    """Say on standard error why it did not work, in one line that cannot speak to the terminal."""
    from mote.console import printable

    print(f"mote: {printable(' '.join(line.split()), LINE_MAX)}", file=sys.stderr)
    return int(code)
