"""Published values, opened by a reader written from the documented format alone.

Nothing of `qualcoder.vault` takes part in the reading, so a change of format can't go unnoticed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from qualcoder.vault import aead, hashing, identity

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))


def _named(kind: str) -> list[Any]:
    return [pytest.param(case, id=str(case.get("name", n))) for n, case in enumerate(VECTORS[kind])]


def _length_prefixed(parts: list[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _bound_to(case: dict[str, Any], header: bytes) -> bytes:
    return _length_prefixed(
        [
            b"qc1",
            case["field"].to_bytes(4, "big"),
            bytes.fromhex(case["study"].replace("-", "")),
            bytes.fromhex(case["row"].replace("-", "")),
            case["sealed_rev"].to_bytes(8, "big"),
            header,
            bytes.fromhex(case["tail"]),
        ]
    )


def _hkdf_extract(salt: bytes, material: bytes) -> bytes:
    return hmac.digest(salt or b"\0" * 32, material, "sha256")


def _hkdf_expand(key: bytes, info: bytes, length: int) -> bytes:
    made, block, n = b"", b"", 1
    while len(made) < length:
        block = hmac.digest(key, block + info + bytes([n]), "sha256")
        made, n = made + block, n + 1
    return made[:length]


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    return _hkdf_extract(salt, b"HPKE-v1" + suite + label + material)


def _labeled_expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return _hkdf_expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def _hpke_open(private: X25519PrivateKey, enc: bytes, ciphertext: bytes, info: bytes) -> bytes:
    """RFC 9180, 4.1 and 5.1, base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, first message."""
    kem = b"KEM" + (0x0020).to_bytes(2, "big")
    shared_dh = private.exchange(X25519PublicKey.from_public_bytes(enc))
    prk = _labeled_extract(kem, b"", b"eae_prk", shared_dh)
    shared = _labeled_expand(kem, prk, b"shared_secret", enc + private.public_key().public_bytes_raw(), 32)
    suite = b"HPKE" + (0x0020).to_bytes(2, "big") + (0x0001).to_bytes(2, "big") + (0x0002).to_bytes(2, "big")
    context = (
        b"\0" + _labeled_extract(suite, b"", b"psk_id_hash", b"") + _labeled_extract(suite, b"", b"info_hash", info)
    )
    secret = _labeled_extract(suite, shared, b"secret", b"")
    key = _labeled_expand(suite, secret, b"key", context, 32)
    nonce = _labeled_expand(suite, secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, b"")


@pytest.mark.parametrize("case", _named("aead"))
def test_a_reader_written_from_the_format_opens_every_sealed_value(case: dict[str, Any]) -> None:
    sealed = bytes.fromhex(case["sealed"])
    header, nonce, rest = sealed[:7], sealed[7:19], sealed[19:]
    assert header == b"Q\x01" + b"\x01" + case["generation"].to_bytes(4, "big")
    plain = AESGCM(bytes.fromhex(case["key"])).decrypt(nonce, rest, _bound_to(case, header))
    assert plain.decode() == case["plaintext"]


@pytest.mark.parametrize("case", _named("hpke"))
def test_a_reader_written_from_the_rfc_opens_every_name(case: dict[str, Any]) -> None:
    sealed = bytes.fromhex(case["sealed"])
    header, enc, rest = sealed[:7], sealed[7:39], sealed[39:]
    assert header == b"Q\x01" + b"\x02" + case["generation"].to_bytes(4, "big")
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(case["private"]))
    assert _hpke_open(private, enc, rest, _bound_to(case, header)).decode() == case["plaintext"]


def _binding(case: dict[str, Any]) -> aead.Binding:
    tail = bytes.fromhex(case["tail"])
    return aead.Binding(case["field"], UUID(case["study"]), UUID(case["row"]), case["sealed_rev"], tail)


@pytest.mark.parametrize("case", _named("aead"))
def test_our_own_code_still_opens_every_sealed_value(case: dict[str, Any]) -> None:
    opened = aead.open_(bytes.fromhex(case["key"]), bytes.fromhex(case["sealed"]), _binding(case))
    assert opened.decode() == case["plaintext"]


@pytest.mark.parametrize("case", _named("hpke"))
def test_our_own_code_still_opens_every_name(case: dict[str, Any]) -> None:
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(case["private"]))
    assert identity.open_(private, bytes.fromhex(case["sealed"]), _binding(case)).decode() == case["plaintext"]


@pytest.mark.parametrize("case", _named("derived"))
def test_derived_keys_are_hkdf_with_the_purpose(case: dict[str, Any]) -> None:
    key = bytes.fromhex(case["key"])
    expected = _hkdf_expand(_hkdf_extract(b"", key), b"qc1 " + case["purpose"].encode(), 32)
    assert expected.hex() == case["derived"] == hashing.derive(key, case["purpose"]).hex()


@pytest.mark.parametrize("case", _named("mac"))
def test_macs_are_hmac_over_length_prefixed_parts(case: dict[str, Any]) -> None:
    key, parts = bytes.fromhex(case["key"]), [bytes.fromhex(part) for part in case["parts"]]
    expected = hmac.digest(key, _length_prefixed(parts), "sha256")
    assert expected.hex() == case["mac"] == hashing.mac(key, *parts).hex()


@pytest.mark.parametrize("case", _named("stretch"))
def test_passphrases_are_stretched_with_argon2id(case: dict[str, Any]) -> None:
    secret, salt = bytes.fromhex(case["secret"]), bytes.fromhex(case["salt"])
    kdf = Argon2id(
        salt=salt,
        length=32,
        iterations=case["iterations"],
        lanes=case["lanes"],
        memory_cost=case["memory_mib"] * 1024,
    )
    assert kdf.derive(secret).hex() == case["key"]
    assert hashing.stretch(secret, salt, memory_mib=case["memory_mib"]).hex() == case["key"]


@pytest.mark.parametrize("case", _named("tokens"))
def test_tokens_are_stored_as_digests_and_forms_are_bound_to_them(case: dict[str, Any]) -> None:
    token = case["token"].encode()
    assert hmac.digest(token, b"qc1 csrf", "sha256").hex() == case["csrf"] == hashing.csrf_token(case["token"])
    assert hashlib.sha256(token).hexdigest() == case["stored"] == hashing.token_hash(case["token"]).hex()
