"""`mote run`: run a module on a device or in the runtime of this checkout; streams, signals and exit status are the
guest's.
"""

from pathlib import Path

import click

from mote.errors import ExitCode, UserError
from mote.runtime import become, need_runtime

OWN_OPTIONS = ("files", "dir", "env", "timeout", "memory_limit", "stack_size", "invoke", "stats")
NATIVE_OPTIONS = ("aot", "native_only", "interpret", "allow_unchecked")
HERE = "here"
ON_DEVICES = ("timeout", "interpret")  # of the others, devices know none


class Run(click.Command):
    """Takes mote's options before or right after the module; from the first other word on all is the guest's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move the options that stand right after the module in front of it."""
        before, rest = self.own_words(ctx, args)
        module, after = rest[:1], rest[1:]
        if module and not module[0].startswith("-"):
            more, after = self.own_words(ctx, after)
            after = after[1:] if after[:1] == ["--"] else after
            args = [*before, *more, "--", *module, *after]
        return super().parse_args(ctx, args)

    def own_words(self, ctx: click.Context, args: list[str]) -> tuple[list[str], list[str]]:
        """Split the words into the options of this command at their front, and the rest."""
        options = {name: p for p in self.params if p.name in (*OWN_OPTIONS, *NATIVE_OPTIONS, "device") for name in p.opts}
        i = 0
        while i < len(args):
            name, equals, _ = args[i].partition("=")
            if name not in options:
                break
            i += 1 if equals or options[name].is_flag else 2
        return args[:i], args[i:]


@click.command(cls=Run, context_settings={"allow_interspersed_args": False})
@click.argument("module", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[--] [ARGUMENTS]...")
@click.option(
    "-d",
    "--device",
    metavar="DEVICE",
    help="Run it on this device; `here` on this machine. Default: the device used last, if any.",
)
@click.option("--files", metavar="IMAGE[:SIZE]", help="Let the guest use the files in this image (mote fs image).")
@click.option("--dir", multiple=True, metavar="DIR", hidden=True)
@click.option("--env", multiple=True, metavar="NAME=VALUE", help="Set a variable for the guest; may be given again.")
@click.option("--timeout", metavar="SECONDS", help="Stop the guest after that time.")
@click.option("--memory-limit", metavar="BYTES[K|M|G]", help="Let the runtime take no more memory than this.")
@click.option("--stack-size", metavar="BYTES[K|M|G]", help="Size of the stack for WebAssembly calls.")
@click.option("--invoke", metavar="NAME", help="Call this export with ARGUMENTS and print its results.")
@click.option("--stats", is_flag=True, help="Print times, RAM by kind and the size of the register code.")
@click.option("--aot", is_flag=True, help="Compile the module for the CPU it runs on first; kept, so that it is done once.")
@click.option("--native-only", is_flag=True, help="Refuse a module without native code for this machine.")
@click.option("--interpret", is_flag=True, help="Leave the module's native code alone.")
@click.option("--allow-unchecked", is_flag=True, help="Run native code that does not keep to its memory; only if you trust it.")
def command(module: Path, arguments: tuple[str, ...], device: str | None, aot: bool, **options: object) -> int:
    """Run MODULE with ARGUMENTS.

    Options of mote come before MODULE or right after it; the first other word and all that follows it are the guest's,
    and `--` says so where the guest's first argument looks like one of them.
    """
    if not module.is_file():
        what = "is a folder" if module.is_dir() else "there is no such file"
        raise UserError(what, where=str(module))
    where = chosen_device(device, options)
    if where:
        try:
            return run_on_device(where, module, arguments, aot, options)
        except UserError as error:
            if device is None and error.code in (ExitCode.NO_DEVICE, ExitCode.LINK):
                error.remedy += f" {where} was used last; on this machine: mote run -d here"
            raise
    runtime = need_runtime()
    file = compiled(module) if aot else module
    return become(runtime, [*runtime_options(options), "--", str(file), *arguments])


def chosen_device(device: str | None, options: dict[str, object]) -> str:
    """The device to run on; empty for this machine. What only the runtime here knows decides where nobody says it."""
    from mote.device.find import default_name

    here_only = [name for name, value in options.items() if value and name not in ON_DEVICES]
    if device is None:
        return "" if here_only else default_name().removeprefix(HERE)
    if device == HERE:
        return ""
    if here_only:
        option = "--" + here_only[0].replace("_", "-")
        raise UserError("is not for devices", option, "Leave it out, or run the module here: -d here", ExitCode.USAGE)
    return device


def run_on_device(name: str, module: Path, arguments: tuple[str, ...], aot: bool, options: dict[str, object]) -> int:
    """Send the module to a device's RAM and be its terminal until it ends."""
    from mote.device.attach import Attached, conclude
    from mote.device.find import open_device
    from mote.device.modules import Start
    from mote.device.show import Sending, warn
    from mote.package.prepare import prepare_run

    timeout_s = seconds(options["timeout"])
    with open_device(name) as device:
        package = prepare_run(module, device.info, aot)
        with Sending(module.name) as bar:
            device.modules.send(package.data, ram=True, progress=bar)
            said = device.modules.wait_until_ready().get("msg", "")
        if said and not options["interpret"]:
            warn(package.note(device.info, "interpreter", said))
        run = device.modules.start(Start(None, list(arguments), True, bool(options["interpret"])))
        attached = Attached(device, run, timeout_s)
        return conclude(device, attached.follow(), str(module), attached.timed_out)


def seconds(text: object) -> float | None:
    """The value of --timeout."""
    if text is None:
        return None
    try:
        value = float(str(text))
    except ValueError:
        value = -1
    if not 0 < value < float("inf"):
        raise UserError("is no time in seconds", f"--timeout {text}", code=ExitCode.USAGE)
    return value


def compiled(module: Path) -> Path:
    """A file with native code for this machine. What is no valid module stays as it is: the runtime will say what is
    wrong.
    """
    from mote.aot.machines import this_machine
    from mote.aot.runnable import runnable
    from mote.cli.aot import Bar
    from mote.cli.validate import verdict

    if not verdict(need_runtime(), module)["valid"]:
        return module
    target = this_machine()
    with Bar(target.name) as bar:
        return runnable(module, target, bar.show)


def runtime_options(options: dict[str, object]) -> list[str]:
    """The options as the runtime takes them."""
    words: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            words.append(flag)
        elif isinstance(value, tuple):
            words += [word for item in value for word in (flag, str(item))]
        elif value is not None and value is not False:
            words += [flag, str(value)]
    return words
