"""A QR code as a picture that stands in a page."""


def qr_code(text: str) -> str:
    """Return a QR code of a text as SVG, for dark modules on white; its size is its surroundings'."""
    import segno

    return str(segno.make(text, error="m").svg_inline(border=2, omitsize=True, light="#ffffff"))
