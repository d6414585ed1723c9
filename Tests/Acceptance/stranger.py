#!/usr/bin/env python3
"""accept-stranger: foreign clients against the real hub over CURVE.

The Python examples push and watch; a wrong key, another agency in `source`, garbage frames, half-open connections and a
subscriber that stops reading leave everybody else served.
"""
import argparse, json, os, signal, socket, struct, subprocess, sys, tempfile, time
import zmq
from county import ROOT, County, item, report, run

PYTHON = sys.executable


def key_file(path):
    pair = {}
    for line in open(path):
        name, _, value = line.partition("=")
        pair[name.strip()] = value.strip().strip('"')
    return pair


def dealer(context, county, public, secret):
    peer = context.socket(zmq.DEALER)
    peer.curve_serverkey = county.hub_key.encode()
    peer.curve_publickey, peer.curve_secretkey = public, secret
    peer.linger, peer.immediate = 0, 1
    peer.connect(county.endpoint)
    return peer


def hello(peer, role="desk"):
    body = json.dumps({"versions": [1], "role": role, "agent": "stranger"}).encode()
    peer.send(struct.pack(">2sBBIQ", b"LD", 1, 1, len(body), 1) + body)


def answered(peer, milliseconds):
    return peer.recv() if peer.poll(milliseconds) else None


def push_example(county, agency, path, outbox):
    return subprocess.run(
        [PYTHON, os.path.join(ROOT, "examples/push.py"), county.endpoint, county.hub_key,
         county.path("agencies", agency, "agency.key"), path, "--outbox", outbox],
        capture_output=True, text=True, timeout=120)
