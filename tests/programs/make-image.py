#!/usr/bin/env python3
"""Makes OCI image layouts that no honest tool would make.

    make-image.py CASE LAYOUT [OUTSIDE]

Every one has /inspect.txt besides what is wrong with it, so that unpacking the
rest would be seen. OUTSIDE is a directory of the host that links point to.
"""
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

MEDIA = "application/vnd.oci.image."


def entry(name, data=b"", kind=tarfile.REGTYPE, **more):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.size = len(data)
    info.mode = 0o755
    for key, value in more.items():
        setattr(info, key, value)
    return info, data


def link(name, target):
    return entry(name, kind=tarfile.SYMTYPE, linkname=target)


def hard_link(name, target):
    return entry(name, kind=tarfile.LNKTYPE, linkname=target)


def directory(name, **more):
    return entry(name, kind=tarfile.DIRTYPE, **more)


def layer(*entries):
    """An uncompressed layer; an entry may be bytes as they are."""
    file = io.BytesIO()
    for item in (entry("inspect.txt", b"whole\n"),) + entries:
        if isinstance(item, bytes):
            file.write(item)
            continue
        info, data = item
        form = tarfile.PAX_FORMAT if info.pax_headers else tarfile.GNU_FORMAT
        file.write(info.tobuf(form))
        file.write(data + b"\0" * (-len(data) % 512))
    file.write(b"\0" * 1024)
    return file.getvalue()


def write(layout, data, name=None):
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{layout}/blobs/sha256/{name or digest}", "wb") as file:
        file.write(data)
    return {"digest": "sha256:" + (name or digest), "size": len(data)}


def make(layout, *layers, config=None, change=None):
    """change(what, document) may alter each of config, layer, manifest."""
    change = change or (lambda what, document: document)
    os.makedirs(f"{layout}/blobs/sha256")
    descriptors = []
    for data in layers:
        packed = gzip.compress(data, 1, mtime=0)
        packed = change("packed", packed)
        descriptor = write(layout, packed)
        descriptor["mediaType"] = MEDIA + "layer.v1.tar+gzip"
        descriptors.append(change("layer", descriptor))
    document = {
        "os": "linux", "architecture": "amd64",
        "config": {"Cmd": ["/program"]} if config is None else config,
        "rootfs": {"type": "layers",
                   "diff_ids": ["sha256:" + hashlib.sha256(data).hexdigest()
                                for data in layers]}}
    document = change("config", document)
    described = write(layout, json.dumps(document).encode())
    described["mediaType"] = MEDIA + "config.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": MEDIA + "manifest.v1+json",
                "config": described, "layers": descriptors}
    manifest = write(layout,
                     json.dumps(change("manifest", manifest)).encode())
    manifest["mediaType"] = MEDIA + "manifest.v1+json"
    with open(f"{layout}/index.json", "w") as file:
        json.dump({"schemaVersion": 2, "manifests": [manifest]}, file)
    with open(f"{layout}/oci-layout", "w") as file:
        file.write('{"imageLayoutVersion": "1.0.0"}')


def only(kind, alter):
    """A change of one kind of document alone."""
    return lambda what, document: alter(document) if what == kind else document


def with_member(**members):
    return lambda document: {**document, **members}


def sparse(layout, outside):
    info, data = entry("sparse", b"x")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0",
                        "GNU.sparse.realsize": str(1 << 50)}
    make(layout, layer((info, data)))


def overlay_attribute(layout, outside):
    info, data = directory("dir")
    info.pax_headers = {"SCHILY.xattr.trusted.overlay.redirect": "/etc"}
    make(layout, layer((info, data)))


def large(layout, outside):
    make(layout, layer(entry("large", size=20 << 30)))


def index_of_two(layout, outside):
    """The same image for two processors; the other one's is not there."""
    make(layout, layer(entry("program", b"#!")))
    with open(f"{layout}/index.json") as file:
        index = json.load(file)
    own = index["manifests"][0]
    own["platform"] = {"os": "linux", "architecture": "amd64"}
    other = {**own, "digest": "sha256:" + "0" * 64,
             "platform": {"os": "linux", "architecture": "arm64"}}
    both = write(layout, json.dumps({"schemaVersion": 2, "mediaType":
                 MEDIA + "index.v1+json", "manifests": [other, own]}).encode())
    both["mediaType"] = MEDIA + "index.v1+json"
    with open(f"{layout}/index.json", "w") as file:
        json.dump({"schemaVersion": 2, "manifests": [both]}, file)


CASES = {
    "good": lambda d, o: make(d, layer(entry("program", b"#!"))),
    "dotdot": lambda d, o: make(d, layer(entry("../../escaped", b"x"))),
    "inner-dotdot": lambda d, o: make(d, layer(entry("a/../../b", b"x"))),
    "absolute": lambda d, o: make(d, layer(entry(o + "/escaped", b"x"))),
    "hard-link": lambda d, o: make(
        d, layer(hard_link("link", "../../../../etc/passwd"))),
    "absolute-hard-link": lambda d, o: make(
        d, layer(hard_link("link", o + "/victim"))),
    "through-link": lambda d, o: make(
        d, layer(link("a", o)), layer(entry("a/escaped", b"x"),
                                      entry("a/victim", b"x"))),
    "through-link-at-once": lambda d, o: make(
        d, layer(link("a", o), entry("a/victim", b"x"))),
    "hard-link-through-link": lambda d, o: make(
        d, layer(link("a", o), hard_link("b", "a/victim"),
                 entry("b", b"overwritten"))),
    "link-becomes-directory": lambda d, o: make(
        d, layer(link("a", o)), layer(directory("a"),
                                      entry("a/victim", b"x"))),
    "relative-link": lambda d, o: make(
        d, layer(link("a", "../../../../../../../.." + o)),
        layer(entry("a/victim", b"x"))),
    "whiteout-dotdot": lambda d, o: make(d, layer(), layer(entry(".wh..."))),
    "whiteout-dot": lambda d, o: make(d, layer(), layer(entry("a/.wh.."))),
    "whiteout-nothing": lambda d, o: make(d, layer(), layer(entry(".wh."))),
    "whiteout-through-link": lambda d, o: make(
        d, layer(link("a", o)), layer(entry("a/.wh.victim"))),
    "opaque-through-link": lambda d, o: make(
        d, layer(link("a", o)), layer(entry("a/.wh..wh..opq"))),
    "device": lambda d, o: make(
        d, layer(entry("disk", kind=tarfile.BLKTYPE, devmajor=8, devminor=0),
                 entry("dir/mem", kind=tarfile.CHRTYPE, devmajor=1,
                       devminor=1))),
    "set-user-id": lambda d, o: make(
        d, layer(entry("su", b"#!", mode=0o4755))),
    "mount-points-are-links": lambda d, o: make(
        d, layer(link("proc", o), link("dev", o), link("sys", o + "/new"))),
    "large": large,
    "sparse": sparse,
    "overlay-attribute": overlay_attribute,
    "no-tar": lambda d, o: make(d, b"this is no tar archive" * 100),
    "unknown-type": lambda d, o: make(d, layer(entry("x", kind=b"V"))),
    "directory-with-size": lambda d, o: make(
        d, layer(directory("x", size=512))),
    "cut-short": lambda d, o: make(d, layer(entry("x", b"y" * 600))[:-1700]),
    "damaged-gzip": lambda d, o: make(
        d, layer(), change=only("packed", lambda p: p[:-12] + b"damage" * 2)),
    "wrong-diff-id": lambda d, o: make(
        d, layer(), change=only("config", with_member(
            rootfs={"type": "layers", "diff_ids": ["sha256:" + "0" * 64]}))),
    "no-diff-ids": lambda d, o: make(
        d, layer(), change=only("config", with_member(
            rootfs={"type": "layers", "diff_ids": []}))),
    "wrong-digest": lambda d, o: make(
        d, layer(), change=only("layer", lambda l: {
            **l, **write(d, b"something else",
                         l["digest"][len("sha256:"):])})),
    "wrong-size": lambda d, o: make(
        d, layer(), change=only("layer", with_member(size=7))),
    "wrong-media-type": lambda d, o: make(
        d, layer(), change=only("layer", with_member(
            mediaType="text/plain"))),
    "zstd": lambda d, o: make(
        d, layer(), change=only("layer", with_member(
            mediaType=MEDIA + "layer.v1.tar+zstd"))),
    "many-layers": lambda d, o: make(d, *[layer()] * 300),
    "large-config": lambda d, o: make(
        d, layer(), config={"Cmd": ["x"], "Labels": {"a": "b" * (5 << 20)}}),
    "deep-config": lambda d, o: make(
        d, layer(), change=only("config", with_member(
            history=json.loads("[" * 900 + "]" * 900)))),
    "cmd-is-text": lambda d, o: make(d, layer(), config={"Cmd": "/program"}),
    "env-is-object": lambda d, o: make(
        d, layer(), config={"Cmd": ["x"], "Env": {"A": "b"}}),
    "other-processor": lambda d, o: make(
        d, layer(), change=only("config", with_member(architecture="arm64"))),
    "index-of-two": index_of_two,
    "passwd-is-link": lambda d, o: make(
        d, layer(directory("etc"), link("etc/passwd", "../../../../" + o +
                                        "/passwd")),
        config={"Cmd": ["/program"], "User": "outsider"}),
}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in CASES:
        sys.exit(__doc__ + "\nCases: " + " ".join(CASES))
    CASES[sys.argv[1]](sys.argv[2], (sys.argv + [""])[3])
