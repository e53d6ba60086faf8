"""PDF/A-2u (ISO 19005-2): what a records office can read in fifty years, with text that maps to Unicode."""

import io
from datetime import datetime
from functools import cache
from xml.sax.saxutils import escape

import pikepdf
from PIL import ImageCms

PRODUCER = "Wengang"

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def to_pdf_a(drawn: bytes, *, title: str, subject: str, at: datetime) -> bytes:
    """Return the drawn PDF as PDF/A-2u: output intent, XMP, matching document information.

    `at` is the moment the document states as its own; the same input gives the same bytes.
    """
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(_output_intent(pdf))])
        pdf.Root.Metadata = _metadata(pdf, title, subject, at)
        pdf.trailer.Info = pdf.make_indirect(_information(title, subject, at))
        archived = io.BytesIO()
        pdf.save(
            archived,
            deterministic_id=True,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return archived.getvalue()


def _output_intent(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier="sRGB IEC61966-2.1",
        Info="sRGB IEC61966-2.1",
        DestOutputProfile=pdf.make_stream(_srgb_profile(), N=3),
    )


def _metadata(pdf: pikepdf.Pdf, title: str, subject: str, at: datetime) -> pikepdf.Stream:
    words = {"title": escape(title), "subject": escape(subject), "producer": PRODUCER, "at": _iso(at)}
    # A records office must find the metadata without unpacking anything: it stays uncompressed.
    return pdf.make_stream(XMP.format(**words).encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)


def _information(title: str, subject: str, at: datetime) -> pikepdf.Dictionary:
    zone = at.strftime("%z")
    stamp = f"D:{at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:]}'"
    return pikepdf.Dictionary(
        Title=title,
        Subject=subject,
        Creator=PRODUCER,
        Producer=PRODUCER,
        CreationDate=stamp,
        ModDate=stamp,
    )


def _iso(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


@cache
def _srgb_profile() -> bytes:
    """Return an sRGB profile whose creation date is fixed: the only thing in it that would vary."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes((0x07, 0xE7, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
    return bytes(profile)
