"""CBOR (RFC 8949), which manifests and messages consist of: the only file that knows `cbor2`."""

from typing import Any


class CborError(ValueError):
    """The bytes are not CBOR, or not only one item of it."""


def encode(value: Any) -> bytes:
    """The shortest form of a value."""
    import cbor2

    return cbor2.dumps(value)


def decode(data: bytes) -> Any:
    """The one item that the bytes are; CborError when they are not."""
    import io

    import cbor2

    stream = io.BytesIO(data)
    try:
        value = cbor2.load(stream)
    except Exception as error:  # whatever it meets in bytes that anybody may have made
        raise CborError(f"not CBOR: {error}") from error
    if stream.tell() != len(data):
        raise CborError(f"{len(data) - stream.tell()} bytes behind the first item")
    return value
