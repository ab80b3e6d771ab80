// Draws the figures of a page: plotly.js with the traces that our figures have.
//
// Each is drawn once a change. What is in the window is drawn first, the rest when the browser
// has nothing better to do or as soon as somebody scrolls to it: a page answers a click as fast as
// its first screen.

import Plotly from "plotly.js/lib/core";
import bar from "plotly.js/lib/bar";
import box from "plotly.js/lib/box";
import heatmap from "plotly.js/lib/heatmap";

Plotly.register([bar, box, heatmap]);

const FOOT = 26; // pixels of a saved picture below the figure: period, comparison, place, filters
const figures = new WeakMap(); // host → its figure
const waiting = new Set();
let isIdling = false;

let marks = 20;

const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 50));

class Figure {
  constructor(host) {
    this.host = host;
    this.isSeen = undefined; // unknown until the browser has laid the page out
    this.width = 0;
  }

  take(component) {
    this.component = component;
    const text = new TextDecoder().decode(component.data);
    if (text === this.text) return;
    this.text = text;
    this.made = JSON.parse(text);
    const { alt, clicks, figure } = this.made;
    this.isClickable = clicks;
    this.host.setAttribute("role", "figure");
    this.host.setAttribute("aria-label", alt);
    this.host.setAttribute("aria-busy", "true");
    this.host.style.height = `${figure.layout.height}px`;
    if (this.isSeen) this.draw();
    else if (this.isSeen === false) later(this);
  }

  moved(isSeen) {
    this.isSeen = isSeen;
    if (!this.made) return;
    if (isSeen) this.draw();
    else later(this);
  }

  draw() {
    waiting.delete(this);
    const width = this.host.clientWidth;
    if (!this.made || !width || !this.host.isConnected) return;
    const { figure, config, context } = this.made;
    this.made = undefined;
    config.modeBarButtons = [[saving(config, context)]];
    this.width = width;
    const layout = { ...figure.layout, width };
    const isNew = !this.host.classList.contains("js-plotly-plot");
    Plotly.react(this.host, figure.data, layout, config);
    if (isNew) this.host.on("plotly_click", (event) => this.clicked(event));
    this.host.removeAttribute("aria-busy");
    if (marks > 0) painted(this.isSeen);
  }

  // The place became wider or narrower: the side bar folded, a phone turned.
  fit() {
    const width = this.host.clientWidth;
    if (this.made) {
      if (this.isSeen) this.draw();
    } else if (width && width !== this.width) {
      this.width = width;
      Plotly.relayout(this.host, { width });
    }
  }

  clicked(event) {
    const point = event.points?.[0];
    if (!point || !this.isClickable) return;
    const { customdata, x, y, curveNumber, pointNumber } = point;
    this.component.setTriggerValue("click", { customdata, x, y, curveNumber, pointNumber });
  }

  end() {
    sight.unobserve(this.host);
    size.unobserve(this.host);
    waiting.delete(this);
    figures.delete(this.host);
    Plotly.purge(this.host);
  }
}

// A picture that leaves the page says what it was filtered by.
function saving(config, context) {
  const { filename, scale } = config.toImageButtonOptions;
  const words = config.locales?.[config.locale]?.dictionary ?? {};
  const title = "Download plot as a PNG";
  const click = (host) => {
    const { width, height, _size: size } = host._fullLayout;
    const layout = { ...host.layout, height: height + FOOT };
    layout.margin = { ...layout.margin, b: size.b + FOOT, l: size.l, r: size.r, t: size.t };
    const said = {
      text: context, showarrow: false, align: "left", font: { size: 11 },
      xref: "paper", x: 0, xanchor: "left", xshift: 4 - size.l,
      yref: "paper", y: 0, yanchor: "top", yshift: -size.b,
    };
    layout.annotations = [...(layout.annotations ?? []), said];
    Plotly.downloadImage(
      { data: host.data, layout, config: { locale: config.locale, locales: config.locales } },
      { format: "png", scale, filename, width, height: height + FOOT },
    );
  };
  return { name: "save", title: words[title] ?? title, icon: Plotly.Icons.camera, click };
}

// When the first figures after loading stood on the screen, for whoever measures a page without
// an inspector at it (User Timing): after the frame in which each was painted.
function painted(isSeen) {
  marks -= 1;
  requestAnimationFrame(() => {
    const frame = new MessageChannel();
    frame.port1.onmessage = () => performance.mark("gridgov-figure", { detail: { isSeen } });
    frame.port2.postMessage(0);
  });
}

const sight = new IntersectionObserver((entries) => {
  entries.forEach((one) => figures.get(one.target)?.moved(one.isIntersecting));
});
const size = new ResizeObserver((entries) => {
  entries.forEach((one) => figures.get(one.target)?.fit());
});

function later(figure) {
  waiting.add(figure);
  if (isIdling) return;
  isIdling = true;
  whenIdle(drawNext, { timeout: 1500 });
}

function drawNext() {
  const [next] = waiting;
  next?.draw();
  // A figure without a width (a folded part of the page) waits until it has one.
  if (next) waiting.delete(next);
  isIdling = waiting.size > 0;
  if (isIdling) whenIdle(drawNext, { timeout: 1500 });
}

// Paper has no window: whatever still waits is drawn before it is printed.
window.addEventListener("beforeprint", () => [...waiting].forEach((one) => one.draw()));

export default function (component) {
  const host = component.parentElement.querySelector("[data-figure]");
  let figure = figures.get(host);
  if (!figure) {
    figure = new Figure(host);
    figures.set(host, figure);
    sight.observe(host);
    size.observe(host);
  }
  figure.take(component);
  return () => {
    if (!host.isConnected) figure.end();
  };
}
