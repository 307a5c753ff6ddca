"""Makes ontslagbrief.pdf and wondfoto.jpg anew, the same bytes every time with the same package versions.

Needs reportlab, pikepdf and Pillow. The files are kept in the repository, so neither tests nor demo run this.
"""

import io
import math
import pathlib
import random

import pikepdf
from PIL import Image, ImageCms, ImageDraw, ImageFilter
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

HERE = pathlib.Path(__file__).resolve().parent
WRITTEN = "2025-03-04T10:15:00Z"
TITLE = "Ontslagbrief cardiologie"

LETTER = [
    ("heading", "Ziekenhuis Twentestad (verzonnen)"),
    ("text", "Afdeling cardiologie<br/>Fictieflaan 1, 7500 ZZ Twentestad"),
    ("text", "Aan: huisartsenpraktijk De Brink (verzonnen)<br/>Datum: 4 maart 2025"),
    ("heading", TITLE),
    ("text", "Betreft: mevrouw Daniëlle van Ürk-Testpatiënt, geboren 14 mei 1951, BSN 900186021 (fictief)"),
    ("text", "Geachte collega,"),
    ("text", "Bovengenoemde patiënte was van 28 februari tot en met 4 maart 2025 bij ons opgenomen wegens "
             "decompensatio cordis bij bekend atriumfibrilleren. Aanleiding was een luchtweginfectie."),
    ("heading", "Beloop"),
    ("text", "Onder intraveneuze diuretica daalde het gewicht van 71,4 naar 67,8 kg. De nierfunctie bleef stabiel "
             "(eGFR 52 ml/min). Het echocardiogram toonde een ejectiefractie van 45 %."),
    ("heading", "Medicatie bij ontslag"),
    ("text", "Furosemide 40 mg eenmaal daags; metoprolol 50 mg tweemaal daags; apixaban 5 mg tweemaal daags. "
             "De eigen bijdrage van € 12,50 is met patiënte besproken."),
    ("heading", "Afspraken"),
    ("text", "Controle op de polikliniek over twee weken. Graag weegt de thuiszorg dagelijks; bij meer dan 2 kg "
             "toename in drie dagen verzoeken wij u te overleggen."),
    ("text", "Met collegiale groet,<br/>dr. A. Voorbeeld, cardioloog (verzonnen)"),
]


def page() -> bytes:
    """One page of text with an embedded font and no colour but black."""
    rl_config.invariant = 1
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    pdfmetrics.registerFont(TTFont("VeraBd", "VeraBd.ttf"))
    styles = {
        "heading": ParagraphStyle("heading", fontName="VeraBd", fontSize=11, leading=15, spaceBefore=8),
        "text": ParagraphStyle("text", fontName="Vera", fontSize=9.5, leading=13.5, spaceBefore=4),
    }
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, initialFontName="Vera", lang="nl-NL")
    top = A4[1] - 25 * mm
    for style, text in LETTER:
        paragraph = Paragraph(text, styles[style])
        _, height = paragraph.wrap(A4[0] - 50 * mm, top)
        top -= height + styles[style].spaceBefore
        paragraph.drawOn(canvas, 25 * mm, top)
    canvas.save()
    return buffer.getvalue()


def archive(plain: bytes) -> None:
    """Adds what PDF/A-2b asks for: an output intent with an ICC profile, XMP metadata and the conformance mark."""
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        # The profile header holds the moment of its making (bytes 24 to 35): fixed, for the same bytes every time.
        profile[24:36] = b"".join(part.to_bytes(2, "big") for part in (2025, 3, 4, 10, 15, 0))
        stream = pdf.make_stream(bytes(profile), N=3)
        pdf.Root.OutputIntents = pikepdf.Array([
            pdf.make_indirect(pikepdf.Dictionary(
                Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1, DestOutputProfile=stream,
                OutputConditionIdentifier=pikepdf.String("sRGB IEC61966-2.1"), Info=pikepdf.String("sRGB"),
            ))
        ])
        pdf.Root.Lang = pikepdf.String("nl-NL")
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = TITLE
            metadata["dc:creator"] = ["ZorgNetOost XDS, verzonnen document"]
            metadata["dc:language"] = {"nl-NL"}
            metadata["xmp:CreateDate"] = WRITTEN
            metadata["xmp:ModifyDate"] = WRITTEN
            metadata["pdfaid:part"] = "2"
            metadata["pdfaid:conformance"] = "B"
        pdf.save(
            HERE / "ontslagbrief.pdf", min_version="1.7", force_version="1.7", deterministic_id=True,
            fix_metadata_version=False, object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def photograph() -> None:
    """A drawn wound on drawn skin, with the grain that makes a JPEG a real one."""
    grain = random.Random(20250304)
    width, height = 480, 360
    image = Image.new("RGB", (width, height))
    pixels = image.load()
    for y in range(height):
        for x in range(width):
            light = 18 * math.sin(x / 90) + 12 * math.cos(y / 70) + grain.gauss(0, 5)
            pixels[x, y] = (int(214 + light), int(170 + light), int(146 + light))
    draw = ImageDraw.Draw(image)
    for ring, colour in enumerate([(206, 120, 104), (184, 78, 70), (150, 40, 44), (112, 24, 30)]):
        points = []
        for degree in range(0, 360, 10):
            radius = (1 + 0.12 * grain.random()) * (1 - 0.22 * ring)
            angle = math.radians(degree)
            points.append((240 + 95 * radius * math.cos(angle), 170 + 60 * radius * math.sin(angle)))
        draw.polygon(points, fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(1.6))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 318, 440, 340), fill=(245, 245, 240))
    for millimetre in range(0, 101):
        length = 14 if millimetre % 10 == 0 else 7
        draw.line((40 + 4 * millimetre, 318, 40 + 4 * millimetre, 318 + length), fill=(20, 20, 20))
    image.save(HERE / "wondfoto.jpg", "JPEG", quality=82, optimize=True)


def check() -> None:
    """Fails unless the PDF has what PDF/A-2b needs, as far as it can be seen without a validator."""
    with pikepdf.open(HERE / "ontslagbrief.pdf") as pdf:
        metadata = pdf.open_metadata()
        assert metadata["pdfaid:part"] == "2" and metadata["pdfaid:conformance"] == "B"
        intent = pdf.Root.OutputIntents[0]
        assert intent.S == "/GTS_PDFA1" and bytes(intent.DestOutputProfile.read_bytes())[36:40] == b"acsp"
        assert "/ID" in pdf.trailer and "/Encrypt" not in pdf.trailer
        dictionaries = [entry for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary)]
        fonts = [entry for entry in dictionaries if entry.get("/Type") == "/Font"]
        assert fonts and all("/FontFile2" in font.FontDescriptor for font in fonts)
        assert not [name for name in ("/AA", "/OpenAction", "/AcroForm", "/Names") if name in pdf.Root]
        assert b"/S /JavaScript" not in (HERE / "ontslagbrief.pdf").read_bytes()


archive(page())
photograph()
check()
