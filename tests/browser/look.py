#!/usr/bin/env python3
"""Opens pages in headless Chromium and tells what is wrong with them.

    look.py [-o DIRECTORY] [--pdf] PAGE...

Every page is laid out at three widths, light and dark. Wrong is: a message on
the console, anything loaded beside the page, a page wider than its window, a
figure whose chart cannot be seen, has no marks, runs over its edge or has texts
drawn over each other, an id that is there twice, a table that does not sort.
One line for each, and exit status 1; DIRECTORY gets a picture for each width
(and a PDF of the page). Talks the DevTools protocol over a pipe, so that nothing listens on a port.
"""
import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

WIDTHS = (360, 768, 1400)

LOOK = r"""
(() => {
  // Texts of a chart that share more than a rim, as pairs.
  const overlapping = (chart) => {
    const texts = [...chart.querySelectorAll("text")]
      .filter((text) => text.textContent.trim() !== "")
      .map((text) => [text.getBoundingClientRect(), text.textContent]);
    const pairs = [];
    texts.forEach(([a, one], i) => {
      for (const [b, other] of texts.slice(i + 1))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) >
              Math.min(a.height, b.height) / 2)
          pairs.push([one, other]);
    });
    return pairs;
  };
  const wrong = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    wrong.push("wider than its window: " +
               document.documentElement.scrollWidth + " > " + width);
  const ids = new Set();
  for (const element of document.querySelectorAll("[id]")) {
    if (ids.has(element.id)) wrong.push("id twice: " + element.id);
    ids.add(element.id);
  }
  for (const link of document.querySelectorAll("a[href^='#']"))
    if (!ids.has(link.getAttribute("href").slice(1)))
      wrong.push("link to nowhere: " + link.getAttribute("href"));
  for (const figure of document.querySelectorAll("figure")) {
    const charts = [...figure.querySelectorAll("svg.chart")]
      .filter((chart) => chart.getBoundingClientRect().width > 0);
    const name = figure.closest("section").id;
    if (charts.length !== 1) {
      wrong.push(name + ": " + charts.length + " charts can be seen");
      continue;
    }
    const frame = charts[0].getBoundingClientRect();
    let marks = 0, texts = 0;
    for (const mark of charts[0].querySelectorAll("use, path, rect, polygon"))
      marks += mark.getBoundingClientRect().height > 0 ||
               mark.getBoundingClientRect().width > 0;
    for (const text of charts[0].querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      texts += 1;
      if (box.right > frame.right + 2 || box.left < frame.left - 2)
        wrong.push(name + ": runs over the edge: " + text.textContent);
    }
    for (const [one, other] of overlapping(charts[0]))
      wrong.push(name + ": drawn over each other: " + one + ", " + other);
    if (marks < 3 || texts < 2)
      wrong.push(name + ": an empty chart (" + marks + " marks)");
    if (!charts[0].querySelector("title") || !charts[0].querySelector("desc"))
      wrong.push(name + ": no title or description");
  }
  if (window.injected) wrong.push("a script of the record ran");
  const head = document.querySelector("details.data th.sorts");
  if (!head) wrong.push("tables do not sort");
  else {
    head.click();
    if (head.getAttribute("aria-sort") !== "ascending")
      wrong.push("a table was not sorted");
  }
  return JSON.stringify(wrong);
})()
"""


class Browser:
    """A headless Chromium with one tab, spoken to over file descriptors."""

    def __init__(self, profile):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def connect():
            os.dup2(to_browser, 60)
            os.dup2(from_browser, 61)
            os.dup2(60, 3)
            os.dup2(61, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu",
             "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync",
             "--hide-scrollbars", "--remote-debugging-pipe",
             f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=connect, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def receive(self):
        while b"\0" not in self.buffer:
            part = os.read(self.read_end, 1 << 20)
            if not part:
                sys.exit("look.py: Chromium ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"look.py: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url):
        """Opens a page and returns the events of its loading."""
        self.events = []
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired"
                      for event in self.events):
            self.events.append(self.receive())
        return self.events

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
        except SystemExit:
            pass
        self.process.wait(timeout=20)


def complaints(events, url):
    """What the console and the network say about the loading of url."""
    for event in events:
        method, what = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield "console: " + what["exceptionDetails"]["text"]
        elif method == "Runtime.consoleAPICalled":
            yield "console: " + what["type"]
        elif method == "Log.entryAdded":
            yield "console: " + what["entry"]["text"]
        elif method == "Network.requestWillBeSent":
            if what["request"]["url"] != url:
                yield "loads " + what["request"]["url"]


def picture(browser, width, path):
    image = browser.call("Page.captureScreenshot", format="png",
                         captureBeyondViewport=width < 1000)
    path.write_bytes(base64.b64decode(image["data"]))


def look_at(browser, page, options):
    """All that is wrong with one page, at every width, light and dark."""
    url = page.resolve().as_uri()
    for width in WIDTHS:
        dark = width == 768
        browser.call("Emulation.setDeviceMetricsOverride", width=width,
                     height=1000, deviceScaleFactor=1, mobile=False)
        browser.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme",
             "value": "dark" if dark else "light"}])
        wrong = list(complaints(browser.open(url), url))
        result = browser.call("Runtime.evaluate", expression=LOOK,
                              returnByValue=True)
        wrong += json.loads(result["result"]["value"])
        for line in wrong:
            yield f"{page} at {width}: {line}"
        if options.output:
            picture(browser, width,
                    options.output / f"{page.stem}-{width}.png")
    if options.output and options.pdf:
        pdf = browser.call("Page.printToPDF", preferCSSPageSize=True)
        (options.output / f"{page.stem}.pdf").write_bytes(
            base64.b64decode(pdf["data"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=pathlib.Path)
    parser.add_argument("--pdf", action="store_true")
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    found = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        for page in options.pages:
            for line in look_at(browser, page, options):
                print(line)
                found += 1
        browser.close()
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
