"""Cuts the fonts of official documents to the characters they are needed for,
as TrueType outlines without hints and layout tables, under names of their own
(the Open Font License reserves the names of the originals)."""

import gzip
import io
import pathlib
import sys

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem

work, out = map(pathlib.Path, sys.argv[1:])
NOTO = work / "node_modules/@expo-google-fonts"
FANDOL = work / "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
WENKAI = work / "usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf"


def gb2312():
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield ord(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:
                pass


def block(first, last):
    return set(range(first, last + 1))


SIGNS = block(0x20, 0x24F) | block(0x370, 0x3FF) | block(0x2000, 0x27BF) | block(0x3000, 0x312F) | block(0x3200, 0x33FF) | block(0xFF00, 0xFFEF)
UNIFIED = block(0x4E00, 0x9FFF)
EXTENSION_A = block(0x3400, 0x4DBF)
BEYOND = block(0x20000, 0x3FFFF) | block(0xF900, 0xFAFF)

cmap = lambda path: set(TTFont(path).getBestCmap())
LATIN = block(0x21, 0x7E) | block(0xC0, 0x24F) | block(0x370, 0x3FF)
COMMON = set(gb2312()) | cmap(FANDOL / "FandolFang-Regular.otf") | SIGNS

# file, name, source, characters, notice. Song and Kai carry the rare ones for
# all: characters of names that the others lack are set in these. FangSong goes
# without Latin, a slab in the original: digits and letters are set in Song.
FONTS = [
    ("song", "Xinqiao Song", NOTO / "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
     COMMON | UNIFIED | BEYOND | (EXTENSION_A & cmap(WENKAI)), "noto"),
    ("title", "Xinqiao Title", NOTO / "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf", COMMON, "noto"),
    ("hei", "Xinqiao Hei", NOTO / "noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf", COMMON, "noto"),
    ("kai", "Xinqiao Kai", WENKAI, COMMON | BEYOND, "wenkai"),
    ("fangsong", "Xinqiao FangSong", FANDOL / "FandolFang-Regular.otf", COMMON - LATIN, "fandol"),
]
OFL = ("This Font Software is licensed under the SIL Open Font License, Version 1.1.", "https://openfontlicense.org")
NOTICES = {
    "noto": ("Copyright 2014-2021 Adobe (http://www.adobe.com/), with Reserved Font Name 'Source'. "
             "A subset of Noto Serif SC or Noto Sans SC.", *OFL),
    "wenkai": ("Copyright 2021-2022 LXGW, with Reserved Font Names of the original. A renamed subset.", *OFL),
    "fandol": ("Copyright 2013-2015 Fandol team (Clerk Ma, Jie Su). FandolFang with TrueType outlines.",
               "GNU General Public License version 3 or later, with the GPL font exception.",
               "https://www.gnu.org/licenses/gpl-3.0.html"),
}


def cut(path, characters):
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[], glyph_names=False, notdef_outline=True, recalc_bounds=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG", "STAT", "meta", "gasp"]
    font = subset.load_font(path, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def to_truetype(font):
    """Turns cubic outlines (CFF) into quadratic ones (glyf), to two thousandths of the em."""
    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, 2, reverse_direction=True))
        glyf.glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), glyf
    glyf.compile(font)
    del font["CFF "]
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
                  "maxSizeOfInstructions", "maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours",
                  "maxComponentElements", "maxComponentDepth"):
        setattr(maxp, field, 0)
    maxp.maxZones = 1
    font["post"].formatType = 3.0
    font.sfntVersion = "\0\1\0\0"
    for name in order:
        width, _ = font["hmtx"][name]
        font["hmtx"][name] = (width, getattr(glyf[name], "xMin", 0))


def rename(font, family, notice):
    table = font["name"]
    table.names = []
    copyright, licence, url = NOTICES[notice]
    postscript = family.replace(" ", "")
    for number, text in {0: copyright, 1: family, 2: "Regular", 3: postscript, 4: family, 6: postscript, 13: licence, 14: url}.items():
        table.setName(text, number, 3, 1, 0x409)


out.mkdir(parents=True, exist_ok=True)
for file, family, source, characters, notice in FONTS:
    font = cut(source, characters)
    if "glyf" not in font:
        to_truetype(font)
    if file != "title":  # set large, keeps its finer grid
        scale_upem(font, 500)
    rename(font, family, notice)
    font["OS/2"].fsType = 0  # may be installed and embedded
    buffer = io.BytesIO()
    font.save(buffer)
    packed = gzip.compress(buffer.getvalue(), 9, mtime=0)
    (out / f"{file}.ttf.gz").write_bytes(packed)
    print(f"{file}: {len(font.getGlyphOrder())} glyphs, {len(buffer.getvalue())} bytes, {len(packed)} packed")
