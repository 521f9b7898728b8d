"""A 96 x 96 pixel drawing surface, drawn at twice the size and box-reduced. All lengths are in final pixels."""

import math
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFont

SIZE = 96
SCALE = 2
PALETTE = 32

INK = (45, 45, 50)
WHITE = (255, 255, 255)
PAPERS = (WHITE, (252, 248, 236), (240, 246, 252), (244, 244, 244))
COLOURS = {
    "red": (214, 48, 49),
    "blue": (41, 98, 205),
    "green": (39, 150, 80),
    "orange": (240, 150, 40),
    "purple": (130, 60, 170),
}


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's embedded font, so that a drawing does not depend on the system."""
    return ImageFont.load_default(size * SCALE)


class Canvas:
    def __init__(self, random: Random, paper=None):
        self.image = Image.new("RGB", (SIZE * SCALE, SIZE * SCALE), paper or random.choice(PAPERS))
        self.pen = ImageDraw.Draw(self.image)

    def line(self, points, width=1.5, colour=INK):
        self.pen.line(_scaled(points), fill=colour, width=round(width * SCALE), joint="curve")

    def box(self, left, top, right, bottom, fill=None, outline=INK, width=1.2):
        self.pen.rectangle(_scaled([(left, top), (right, bottom)]), fill=fill, outline=outline, width=round(width * SCALE))

    def ellipse(self, x, y, rx, ry=None, fill=None, outline=INK, width=1.2):
        ry = rx if ry is None else ry
        corners = _scaled([(x - rx, y - ry), (x + rx, y + ry)])
        self.pen.ellipse(corners, fill=fill, outline=outline, width=round(width * SCALE))

    def slice(self, x, y, radius, start, end, fill):
        """A filled piece of a circle; angles in degrees, clockwise from three o'clock."""
        self.pen.pieslice(_scaled([(x - radius, y - radius), (x + radius, y + radius)]), start, end, fill=fill)

    def polygon(self, points, fill=None, outline=INK):
        self.pen.polygon(_scaled(points), fill=fill, outline=outline)

    def text(self, x, y, text, size=11, colour=INK):
        """Centred on (x, y), thickened by a stroke: the embedded font is thin at this size."""
        self.pen.text((x * SCALE, y * SCALE), text, font=font(size), fill=colour, anchor="mm", stroke_width=1, stroke_fill=colour)

    def arrow(self, x0, y0, x1, y1, width=1.8, colour=INK, head=6):
        self.line([(x0, y0), (x1, y1)], width, colour)
        angle = math.atan2(y1 - y0, x1 - x0)
        wings = [(x1 - head * math.cos(angle + turn), y1 - head * math.sin(angle + turn)) for turn in (-0.5, 0.5)]
        self.polygon([(x1, y1), *wings], colour, colour)

    def shape(self, kind, x, y, radius, colour):
        """One of ball, cube, cone, star around (x, y)."""
        if kind == "ball":
            self.ellipse(x, y, radius, fill=colour)
        elif kind == "cube":
            self.box(x - radius, y - radius, x + radius, y + radius, fill=colour)
        elif kind == "cone":
            self.polygon([(x, y - radius), (x - radius, y + radius), (x + radius, y + radius)], colour)
        elif kind == "star":
            radii = [radius * (1.15 if i % 2 == 0 else 0.5) for i in range(10)]
            self.polygon([(x + r * math.sin(i * math.pi / 5), y - r * math.cos(i * math.pi / 5)) for i, r in enumerate(radii)], colour)
        else:
            raise ValueError(f"no shape {kind!r}")

    def finish(self) -> Image.Image:
        """The drawing as a palette image of SIZE x SIZE pixels, which is what the PNG file holds."""
        small = self.image.resize((SIZE, SIZE), Image.Resampling.BOX)
        return small.quantize(PALETTE, method=Image.Quantize.FASTOCTREE)


def _scaled(points):
    return [(x * SCALE, y * SCALE) for x, y in points]
