#!/usr/bin/env python3
"""Makes the test pictures and what Pillow makes of them.

Needs Pillow (python3-pil 9.4) and numpy. `golden.py` rewrites every picture in
this folder and golden.json; `golden.py FILE...` prints for each file, as JSON,
its size in RGB, the SHA-256 of its pixels and the base64 of its 32 x 32
resize-and-crop (or of side N with --size N). In golden.json the pixels of that
crop stand for JPEG only, for the other formats its SHA-256.
"""
import base64, hashlib, io, json, os, struct, sys, zlib
import numpy as np
from PIL import Image, ImageSequence

HERE = os.path.dirname(os.path.abspath(__file__))


def crop(im, size):
    """torchvision's Resize(size, BICUBIC) and CenterCrop(size)."""
    w, h = im.size
    if w <= h:
        tw, th = size, int(size * h / w)
    else:
        tw, th = int(size * w / h), size
    im = im.resize((tw, th), Image.BICUBIC)
    top, left = int(round((th - size) / 2.0)), int(round((tw - size) / 2.0))
    return im.crop((left, top, left + size, top + size))


def describe(path, size=32):
    try:
        with Image.open(path) as im:
            rgb = im.convert("RGB")
    except Exception as e:
        return {"error": str(e)}
    return {
        "width": rgb.width, "height": rgb.height,
        "sha256": hashlib.sha256(rgb.tobytes()).hexdigest(),
        "crop": base64.b64encode(crop(rgb, size).tobytes()).decode(),
    }


def photo(w, h, seed=1):
    """Smooth colours, edges and some noise: like a photo, but made here."""
    rng = np.random.RandomState(seed)
    y, x = np.mgrid[0:h, 0:w].astype(np.float64)
    a = np.zeros((h, w, 3))
    a[..., 0] = 128 + 100 * np.sin(x / 23 + seed) * np.cos(y / 31)
    a[..., 1] = 128 + 90 * np.sin((x + y) / 37 + 2)
    a[..., 2] = 255 * (x / max(1, w - 1)) * (1 - y / max(1, h - 1) / 2)
    disc = (x - w * 0.6) ** 2 + (y - h * 0.4) ** 2 < (min(w, h) * 0.25) ** 2
    a[disc] = [230, 40, 60]
    a[int(h * 0.7):int(h * 0.8), int(w * 0.1):int(w * 0.5)] = [20, 20, 160]
    a += rng.normal(0, 3, a.shape)
    return Image.fromarray(a.clip(0, 255).astype(np.uint8), "RGB")


def alpha(im):
    w, h = im.size
    y, x = np.mgrid[0:h, 0:w]
    a = ((x * 255) // max(1, w - 1)).astype(np.uint8)
    a[: h // 4] = 0
    im = im.convert("RGBA")
    im.putalpha(Image.fromarray(a, "L"))
    return im


def png(name, w, h, bits, colour, rows, extra=b""):
    """Writes a PNG of a kind that Pillow does not write."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    raw = b"".join(b"\0" + r for r in rows)
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, bits, colour, 0, 0, 0))
                + extra + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def bmp_rle(name, w, h, four):
    pal = b"".join(bytes([(i * 37) % 256, (i * 91) % 256, (i * 53) % 256, 0]) for i in range(16 if four else 256))
    body = b""
    for y in range(h):
        if y % 3 == 0:  # one run
            body += bytes([w, 0x12 if four else y * 5 % 256])
        elif y % 3 == 1:  # absolute and padded; Pillow misreads odd counts of RLE4
            n = 6 if four else 5
            body += bytes([0, n]) + (bytes([0x12, 0x34, 0x56, 0]) if four else bytes([1, 2, 3, 4, 5, 0])) + bytes([w - n, 0x33])
        else:
            body += bytes([w // 2, 0x45, w - w // 2, 0x67])
        body += b"\0\0"
    body += b"\0\1"
    off = 14 + 40 + len(pal)
    head = struct.pack("<2sIHHI", b"BM", off + len(body), 0, 0, off)
    head += struct.pack("<IiiHHIIiiII", 40, w, h, 1, 4 if four else 8, 2 if four else 1, len(body), 0, 0, 0, 0)
    open(os.path.join(HERE, name), "wb").write(head + pal + body)


def bmp_masks(name, w, h, bits, masks, size=40):
    rng = np.random.RandomState(3)
    stride = (w * bits + 31) // 32 * 4
    body = rng.randint(0, 256, stride * h).astype(np.uint8).tobytes()
    extra = struct.pack("<III", *masks) if masks else b""
    off = 14 + size + len(extra)
    head = struct.pack("<2sIHHI", b"BM", off + len(body), 0, 0, off)
    head += struct.pack("<IiiHHIIiiII", size, w, h, 1, bits, 3 if masks else 0, len(body), 0, 0, 0, 0)
    open(os.path.join(HERE, name), "wb").write(head + extra + body)


def gif_placed(name, transparent, screen=(30, 24), at=(7, 5), local=False):
    """A first frame that is smaller than its canvas."""
    im = photo(13, 11).quantize(16)
    buf = io.BytesIO()
    im.save(buf, "GIF")
    d = buf.getvalue()
    pal_len = 3 << ((d[10] & 7) + 1)
    pal, rest = d[13:13 + pal_len], d[13 + pal_len:]
    desc = rest.index(b"\x2c")
    frame = rest[desc:]
    flags = frame[9]
    gce = b"\x21\xf9\x04\x01\0\0" + bytes([transparent]) + b"\0" if transparent is not None else b""
    head = d[:6] + struct.pack("<HH", *screen) + bytes([d[10]]) + b"\x03\0" + pal
    if local:
        flags = 0x80 | (d[10] & 7)
        frame = b"\x2c" + struct.pack("<HHHHB", at[0], at[1], 13, 11, flags) + pal[::-1] + frame[10:]
    else:
        frame = b"\x2c" + struct.pack("<HHHHB", at[0], at[1], 13, 11, flags) + frame[10:]
    open(os.path.join(HERE, name), "wb").write(head + gce + frame)


def make():
    def save(name, im, fmt=None, **kw):
        im.save(os.path.join(HERE, name), fmt, **kw)

    big, odd, tiny = photo(97, 61), photo(17, 13, 2), photo(1, 1, 3)
    for n, s in (("444", 0), ("422", 1), ("420", 2)):
        for label, im in (("", big), ("_odd", odd), ("_1x1", tiny), ("_2x2", photo(2, 2)), ("_3x5", photo(3, 5)), ("_5x1", photo(5, 1))):
            save(f"jpeg_{n}{label}.jpg", im, quality=88, subsampling=s)
        save(f"jpeg_{n}_progressive.jpg", big, quality=80, subsampling=s, progressive=True)
    save("jpeg_grey.jpg", big.convert("L"), quality=85)
    save("jpeg_grey_odd.jpg", odd.convert("L"), quality=85)
    save("jpeg_cmyk.jpg", big.convert("CMYK"), quality=90)
    exif = Image.Exif()
    exif[0x0112] = 6
    save("jpeg_exif6.jpg", odd, quality=90, exif=exif)
    factors("jpeg_411.jpg", 1, 0x41)
    factors("jpeg_440.jpg", 1, 0x12)
    factors("jpeg_410.jpg", 2, 0x42)
    coloured("jpeg_ycck.jpg", "jpeg_cmyk.jpg", 2)
    coloured("jpeg_cmyk_unmarked.jpg", "jpeg_cmyk.jpg", None)
    coloured("jpeg_adobe_rgb.jpg", "jpeg_444.jpg", 0)
    coloured("jpeg_adobe_rgb_420.jpg", "jpeg_420.jpg", 0)
    coloured("jpeg_adobe_ycc.jpg", "jpeg_420_odd.jpg", 1)
    coloured("jpeg_ids_rgb.jpg", "jpeg_444.jpg", None, b"RGB")

    save("png_rgb.png", big)
    save("png_rgb_odd.png", odd)
    save("png_rgb_1x1.png", tiny)
    save("png_rgba.png", alpha(big))
    save("png_l.png", big.convert("L"))
    save("png_la.png", alpha(odd).convert("LA"))
    save("png_p.png", big.quantize(60))
    save("png_p_transparent.png", big.quantize(20), transparency=3)
    save("png_p4.png", odd.quantize(9), bits=4)
    save("png_p2.png", odd.quantize(4), bits=2)
    save("png_1.png", big.convert("1"))
    save("png_rgb_trns.png", odd, transparency=odd.getpixel((3, 3)))
    save("png_exif3.png", odd, exif=exif_of(3))
    rng = np.random.RandomState(5)
    rows16 = lambda n: [rng.randint(0, 256, n).astype(np.uint8).tobytes() for _ in range(9)]
    png("png_rgb16.png", 11, 9, 16, 2, rows16(66))
    png("png_rgba16.png", 11, 9, 16, 6, rows16(88))
    png("png_la16.png", 11, 9, 16, 4, rows16(44))
    png("png_l4.png", 11, 9, 4, 0, rows16(6))
    png("png_l2.png", 11, 9, 2, 0, rows16(3))
    png("grey16.png", 11, 9, 16, 0, rows16(22))

    save("gif_p.gif", big.quantize(64))
    save("gif_plain.gif", odd.quantize(16), interlace=0)
    save("gif_interlaced.gif", big.quantize(32), interlace=1)
    save("gif_grey.gif", odd.convert("L"))
    save("gif_transparent.gif", odd.quantize(16), transparency=2)
    frames = [photo(40, 30, i).quantize(32) for i in range(3)]
    save("gif_animated.gif", frames[0], save_all=True, append_images=frames[1:], duration=50, loop=0)
    gif_placed("gif_placed.gif", None)
    gif_placed("gif_placed_transparent.gif", 5)
    gif_placed("gif_placed_local.gif", 4, local=True)
    gif_placed("gif_outgrown.gif", None, screen=(10, 10))

    save("webp_lossy.webp", big, quality=80)
    save("webp_lossy_odd.webp", odd, quality=60)
    save("webp_lossy_1x1.webp", tiny, quality=80)
    save("webp_lossy_2x3.webp", photo(2, 3), quality=80)
    save("webp_lossy_alpha.webp", alpha(big), quality=80)
    save("webp_lossless.webp", big, lossless=True)
    save("webp_lossless_alpha.webp", alpha(odd), lossless=True, exact=True)
    save("webp_exif.webp", odd, quality=80, exif=exif_of(8).tobytes())
    frames = [photo(40, 30, i) for i in range(3)]
    save("webp_animated.webp", frames[0], save_all=True, append_images=frames[1:], duration=50)
    frames = [alpha(photo(40, 30, i)) for i in range(2)]
    save("webp_animated_alpha.webp", frames[0], save_all=True, append_images=frames[1:], duration=50, lossless=True)
    blank = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    blank.paste(photo(12, 10), (14, 8))
    save("webp_animated_placed.webp", blank, save_all=True, append_images=frames[1:], duration=50, quality=70)

    save("bmp_24.bmp", odd)
    save("bmp_8.bmp", odd.quantize(200))
    save("bmp_grey.bmp", odd.convert("L"))
    save("bmp_1.bmp", odd.convert("1"))
    save("bmp_32.bmp", alpha(odd))
    bmp_rle("bmp_rle8.bmp", 17, 13, False)
    bmp_rle("bmp_rle4.bmp", 18, 13, True)
    bmp_masks("bmp_555.bmp", 11, 7, 16, None)
    bmp_masks("bmp_565.bmp", 11, 7, 16, (0xF800, 0x7E0, 0x1F))
    bmp_masks("bmp_32_masks.bmp", 11, 7, 32, (0xFF0000, 0xFF00, 0xFF))

    for c in ("raw", "tiff_lzw", "tiff_deflate", "packbits"):
        save(f"tiff_{c.replace('tiff_', '')}.tif", odd, compression=c)
    save("tiff_l.tif", odd.convert("L"))
    save("tiff_p.tif", odd.quantize(30))
    save("tiff_1.tif", odd.convert("1"))
    save("tiff_g4.tif", odd.convert("1"), compression="group4")
    save("tiff_rgba.tif", alpha(odd))
    save("tiff_strips.tif", big, compression="tiff_deflate", tiffinfo={278: 8})
    for o in (3, 6, 7):
        save(f"tiff_orientation{o}.tif", odd, tiffinfo={274: o})

    names = sorted(n for n in os.listdir(HERE) if n.rsplit(".", 1)[-1] in ("jpg", "png", "gif", "webp", "bmp", "tif"))
    golden = {n: describe(os.path.join(HERE, n)) for n in names}
    for n, g in golden.items():  # exact formats need no pixels, only their hash
        if not n.endswith(".jpg") and "crop" in g:
            g["crop"] = hashlib.sha256(base64.b64decode(g["crop"])).hexdigest()
    with open(os.path.join(HERE, "golden.json"), "w") as f:
        json.dump(golden, f, indent=0, sort_keys=True)
        f.write("\n")
    resizes()


def exif_of(o):
    e = Image.Exif()
    e[0x0112] = o
    return e


def factors(name, subsampling, hv):
    """A file that claims other sampling factors than it was written with, and a
    size that fits its blocks. The blocks land elsewhere: any picture will do,
    but one of little contrast, since its sums of differences must not run
    over."""
    buf = io.BytesIO()
    Image.blend(photo(97, 61), Image.new("RGB", (97, 61), (128, 128, 128)), 0.85).save(buf, "JPEG", quality=95, subsampling=subsampling)
    d = bytearray(buf.getvalue())
    at = d.index(b"\xff\xc0")
    d[at + 11] = hv
    d[at + 5:at + 9] = struct.pack(">HH", 24, 61)
    open(os.path.join(HERE, name), "wb").write(bytes(d))


def coloured(name, source, transform, ids=None):
    """Replaces the JFIF or Adobe mark by an Adobe mark, or by none, and the
    channels' names."""
    d = bytearray(open(os.path.join(HERE, source), "rb").read())
    at = 2
    while d[at + 1] in (0xE0, 0xEE):
        del d[at:at + 2 + (d[at + 2] << 8 | d[at + 3])]
    if transform is not None:
        d[2:2] = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform])
    if ids:
        frame, scan = d.index(b"\xff\xc0"), d.index(b"\xff\xda")
        for i, c in enumerate(ids):
            d[frame + 10 + 3 * i] = d[scan + 5 + 2 * i] = c
    open(os.path.join(HERE, name), "wb").write(bytes(d))


def resizes():
    """Full resizes of one noisy picture, up, down and along one axis."""
    rng = np.random.RandomState(9)
    a = rng.randint(0, 256, (37, 53, 3)).astype(np.uint8)
    a[5:15, 10:30] = 255
    a[20:30, 10:30] = 0
    im = Image.fromarray(a, "RGB")
    im.save(os.path.join(HERE, "noise.png"))
    out = {}
    for w, h in ((53, 37), (20, 37), (53, 10), (7, 5), (1, 1), (106, 74), (200, 3), (3, 200), (52, 36), (54, 38), (25, 25)):
        out[f"{w}x{h}"] = hashlib.sha256(im.resize((w, h), Image.BICUBIC).tobytes()).hexdigest()
    with open(os.path.join(HERE, "resizes.json"), "w") as f:
        json.dump(out, f, indent=0, sort_keys=True)
        f.write("\n")


if __name__ == "__main__":
    args, size = sys.argv[1:], 32
    if args[:1] == ["--size"]:
        size, args = int(args[1]), args[2:]
    if args:
        json.dump({p: describe(p, size) for p in args}, sys.stdout)
    else:
        make()
