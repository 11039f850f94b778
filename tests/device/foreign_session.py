"""Talks to a device with the package smpclient, as its documentation says, and prints what came as JSON. Run by
test_smp_clients.py, by a Python that has the package: foreign_session.py ADDRESS; "127.0.0.1" means UDP, else a serial port.
"""

import asyncio
import hashlib
import json
import sys
import zlib

from smpclient import SMPClient
from smpclient.generics import success
from smpclient.requests.file_management import (
    FileClose,
    FileHashChecksum,
    FileStatus,
    SupportedFileHashChecksumTypes,
)
from smpclient.requests.image_management import ImageStatesRead
from smpclient.requests.os_management import (
    EchoWrite,
    MCUMgrParametersRead,
    MemoryPoolStatisticsRead,
    OSApplicationInfoRead,
    ResetWrite,
    TaskStatisticsRead,
)
from smpclient.requests.shell_management import Execute
from smpclient.requests.statistics_management import GroupData, ListOfGroups
from smpclient.transport.serial import SMPSerialTransport
from smpclient.transport.udp import SMPUDPTransport

DATA = bytes(i * i % 251 for i in range(20_000))
PATH = "/folder-less.bin"


def error_of(response: object) -> int:
    """The number of an error, 0 for none."""
    if success(response):
        return 0
    return int(response.rc if hasattr(response, "rc") else response.err.rc)


async def ask_os(client: SMPClient) -> dict[str, object]:
    """Group 0."""
    text = "h\N{LATIN SMALL LETTER U WITH DIAERESIS}llo" * 100
    parameters = await client.request(MCUMgrParametersRead())
    tasks = await client.request(TaskStatisticsRead())
    pools = await client.request(MemoryPoolStatisticsRead())
    return {
        "echo": (await client.request(EchoWrite(d=text))).r == text,
        "echo_v1": (await client.request(EchoWrite(d="one", version=0))).r,
        "buffers": [parameters.buf_size, parameters.buf_count],
        "info": (await client.request(OSApplicationInfoRead())).output,
        "info_all": (await client.request(OSApplicationInfoRead(format="a"))).output,
        "info_some": (await client.request(OSApplicationInfoRead(format="rs"))).output,
        "info_wrong": error_of(await client.request(OSApplicationInfoRead(format="q"))),
        "tasks": list(tasks.tasks),
        "pools": pools.model_extra["heap"],
        "images": error_of(await client.request(ImageStatesRead())),
    }


async def ask_files(client: SMPClient) -> dict[str, object]:
    """Group 8."""
    uploaded = [offset async for offset in client.upload_file(DATA, PATH)]
    await client.upload_file(b"", "/empty").__anext__()
    sha = await client.request(FileHashChecksum(name=PATH))
    crc = await client.request(FileHashChecksum(name=PATH, type="crc32", off=7, len=1000))
    types = await client.request(SupportedFileHashChecksumTypes())
    return {
        "uploaded": uploaded[-1],
        "messages": len(uploaded),
        "same": await client.download_file(PATH) == DATA,
        "empty": (await client.download_file("/empty")).decode(),
        "size": (await client.request(FileStatus(name=PATH))).len,
        "sha256": sha.output == hashlib.sha256(DATA).digest() and sha.len == len(DATA),
        "crc32": crc.output == zlib.crc32(DATA[7:1007]) and [crc.off, crc.len] == [7, 1000],
        "types": sorted(types.types),
        "closed": error_of(await client.request(FileClose())),
        "missing": error_of(await client.request(FileStatus(name="/missing"))),
        "missing_v1": error_of(await client.request(FileStatus(name="/missing", version=0))),
        "outside": error_of(await client.request(FileStatus(name="/../etc/passwd"))),
        "directory": error_of(await client.request(FileStatus(name="/"))),
    }


async def ask_others(client: SMPClient) -> dict[str, object]:
    """Groups 2 and 9, and the reset."""
    groups = (await client.request(ListOfGroups())).stat_list
    names = {name: sorted((await client.request(GroupData(name=name))).fields) for name in groups}
    shell = await client.request(Execute(argv=["files"]))
    wrong = await client.request(Execute(argv=["hlep", "me"]))
    return {
        "statistics": names,
        "statistics_wrong": error_of(await client.request(GroupData(name="nothing"))),
        "shell": [shell.o, shell.ret],
        "shell_wrong": [wrong.o, wrong.ret],
        "reset": error_of(await client.request(ResetWrite())),
    }


async def talk(address: str) -> dict[str, object]:
    """Everything, then the reset, then whether the device is back."""
    transport = SMPUDPTransport() if address == "127.0.0.1" else SMPSerialTransport()
    async with SMPClient(transport, address) as client:
        told = await ask_os(client) | await ask_files(client) | await ask_others(client)
    for _ in range(20):
        await asyncio.sleep(0.1)
        transport = SMPUDPTransport() if address == "127.0.0.1" else SMPSerialTransport()
        try:
            async with SMPClient(transport, address, 0.5) as client:
                return told | {"back": (await client.request(EchoWrite(d="back"))).r}
        except TimeoutError:
            continue
    return told


print(json.dumps(asyncio.run(talk(sys.argv[1]))))
