"""Writes reference.json: what YOLOX-Nano sees in pictures, computed by OpenCV.

    python3 reference.py yolox_nano.onnx PICTURE... > reference.json

The picture is read, turned and resized by OpenCV 4.6, the network is run by its
dnn module, and boxes are decoded in float64 and suppressed class by class. The
network's input is told by its SHA-256, so that a difference can be traced.
"""
import hashlib
import json
import os
import sys

import cv2
import numpy as np

SIDE, LEAST, OVERLAP = 416, 0.3, 0.45


def prepare(image):
    height, width = image.shape[:2]
    ratio = min(SIDE / height, SIDE / width)
    canvas = np.full((SIDE, SIDE, 3), 114, np.uint8)
    small = cv2.resize(image, (int(width * ratio), int(height * ratio)), interpolation=cv2.INTER_LINEAR)
    canvas[: small.shape[0], : small.shape[1]] = small
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)), ratio


def decode(rows):
    cells = []
    for stride in (8, 16, 32):
        ys, xs = np.mgrid[0 : SIDE // stride, 0 : SIDE // stride]
        cells.append(np.stack([xs.ravel(), ys.ravel(), np.full(xs.size, stride)], 1))
    cells = np.concatenate(cells).astype(np.float64)
    stride = cells[:, 2:]
    centre = (rows[:, :2] + cells[:, :2]) * stride
    half = np.exp(rows[:, 2:4]) * stride / 2
    kind = rows[:, 5:].argmax(1)
    score = rows[:, 4] * rows[np.arange(len(rows)), 5 + kind]
    return np.concatenate([centre - half, centre + half], 1), kind, score


def alike(a, b):
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = np.prod(np.maximum(sides, 0))
    return shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared)


def see(net, path):
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    planes, ratio = prepare(image)
    net.setInput(planes[None].astype(np.float32))
    boxes, kind, score = decode(net.forward()[0].astype(np.float64))
    kept = []
    for i in np.argsort(-score, kind="stable"):
        if score[i] < LEAST:
            break
        if all(kind[i] != kind[k] or alike(boxes[i], boxes[k]) <= OVERLAP for k in kept):
            kept.append(i)
    height, width = image.shape[:2]
    limits = np.array([width, height, width, height])
    return {
        "width": width,
        "height": height,
        "input": hashlib.sha256(planes.tobytes()).hexdigest(),
        "objects": [
            {"class": int(kind[i]), "score": round(float(score[i]), 5), "box": np.clip(boxes[i] / ratio, 0, limits).round(3).tolist()}
            for i in kept
        ],
    }


net = cv2.dnn.readNetFromONNX(sys.argv[1])
lines = [json.dumps(os.path.basename(p)) + ": " + json.dumps(see(net, p)) for p in sorted(sys.argv[2:])]
print("{\n" + ",\n".join(lines) + "\n}")
