"""SConscript files and C sources: mistakes in them are found while the build is planned."""

from pathlib import Path

from build.scons import build, refusal, scons


def append(path: Path, text: str) -> None:
    """Add a line to a file."""
    path.write_text(path.read_text() + text + "\n")


def test_missing_source_is_named(checkout: Path) -> None:
    append(checkout / "firmware/base/SConscript", 'build.component(["nothing.c"])')
    assert refusal(root=checkout) == "firmware/base/SConscript: nothing.c does not exist"


def test_missing_room_is_named(checkout: Path) -> None:
    append(checkout / "firmware/SConscript", 'build.rooms("mote", ["cellar"])')
    assert refusal(root=checkout) == "firmware/SConscript: cellar/SConscript does not exist"


def test_unknown_option_of_a_component_is_named(checkout: Path) -> None:
    append(checkout / "firmware/base/SConscript", 'build.component(["text.c"], needs=["WASM_NAMES", "WASM_NAMED"])')
    line = "firmware/base/SConscript: no Kconfig file has an option WASM_NAMED, did you mean WASM_NAMES?"
    assert refusal(root=checkout) == line


def test_misspelt_option_in_c_is_named(checkout: Path) -> None:
    append(checkout / "firmware/base/text.c", "#if ENABLED(CONFIG_WASM_NAMSE)\n#endif")
    assert refusal(root=checkout) == "firmware/base/text.c: no Kconfig file has an option WASM_NAMSE, did you mean WASM_NAMES?"


def test_option_in_a_comment_is_no_dependency(checkout: Path) -> None:
    append(checkout / "firmware/base/text.c", "/* CONFIG_WASM_NAMSE */ // CONFIG_NOR_THIS")
    assert build("TARGET=thumbv7em", "build/thumbv7em/obj/firmware/base/text.o", root=checkout)


def test_pasted_option_depends_on_all_options(checkout: Path) -> None:
    pasting = '#include "base/config.h"\n#define IS(x) ENABLED(CONFIG_##x)\nextern int unused_[1 + IS(WASM_NAMES)];'
    append(checkout / "firmware/base/text.c", pasting)
    goal = ["TARGET=thumbv7em", "build/thumbv7em/obj/firmware/base/text.o"]
    assert build(*goal, root=checkout)
    assert build(*goal, "SET=TRAP_CALL_STACK=n", root=checkout)


def test_changed_header_compiles_what_includes_it(checkout: Path) -> None:
    goal = ["TARGET=thumbv7em", "build/thumbv7em/obj/firmware/base/text.o", "build/thumbv7em/obj/firmware/base/reader.o"]
    assert len(build(*goal, root=checkout)) == 2
    append(checkout / "firmware/base/reader.h", "/* changed */")
    assert build(*goal, root=checkout) == {"firmware/base/reader.c"}


def test_component_provides_a_row_while_it_is_chosen(checkout: Path) -> None:
    append(checkout / "firmware/base/SConscript", '''
build.component([], provides=("THING", "always"))
build.component([], needs="ASSERT", provides=("THING", "checked"))''')
    rows = checkout / "build/thumbv7em/include/things.inc"
    for setting, names in (("n", ["always"]), ("y", ["always", "checked"])):
        build("TARGET=thumbv7em", f"SET=ASSERT={setting}", "build/thumbv7em/obj/firmware/base/text.o", root=checkout)
        assert rows.read_text().splitlines()[1:] == [f"THING({name})" for name in names]


def test_library_keeps_files_of_the_same_name(checkout: Path) -> None:
    for room in ("base", "wasm"):
        (checkout / f"firmware/{room}/twin.c").write_text(f"int twin_{room};\n")
        append(checkout / f"firmware/{room}/SConscript", 'build.component(["twin.c"])')
    result = scons("TARGET=thumbv7em", "build/thumbv7em/libmote.a", root=checkout)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (checkout / "build/thumbv7em/libmote.a").read_bytes().count(b"twin.o/") == 2
