"""A document is made whatever signs somebody typed."""

import io
from datetime import UTC, datetime

import pikepdf
import pytest

from hr.typesetting import pdf

AT = datetime(2026, 7, 1, tzinfo=UTC)
TEMPLATE = b'#set document(title: "x")\n#json(bytes(sys.inputs.data)).said'
MANY = "".join(chr(sign) for sign in range(0x4E00, 0x4E00 + 60))


@pytest.mark.parametrize("said", ["biasa, é – “kutip”", "senang 😀 漢字 ع", MANY, '"\\ #let x = 1'])
def test_a_sign_without_a_font_is_written_as_its_code(said):
    with pikepdf.open(io.BytesIO(pdf(TEMPLATE, {"said": said}, AT))) as made:
        with made.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
        assert len(made.pages) == 1


def test_another_fault_is_not_hidden():
    with pytest.raises(Exception, match="unknown variable"):
        pdf(b"#nothing", {}, AT)
