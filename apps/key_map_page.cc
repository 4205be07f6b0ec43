// KeyMapPage(): the page and its script.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "apps/common/markup.h"
#include "apps/key_map.h"

namespace embed {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kMapHead[] = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light; }
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { font: 15px/1.4 system-ui, sans-serif; color: #111; background: #fff;
  display: grid; grid-template: auto 1fr / 1fr auto; }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem;
  align-items: center; padding: .6rem 1rem; border-bottom: 1px solid #ddd; }
h1 { font-size: 1.1rem; margin: 0; }
header p { margin: 0; color: #444; flex: 1 1 14rem; }
.search { position: relative; }
input { font: inherit; padding: .35rem .6rem; width: 15rem; }
ul { position: absolute; z-index: 2; right: 0; left: 0; margin: 2px 0 0;
  padding: 0; list-style: none; background: #fff; border: 1px solid #bbb;
  border-radius: 6px; max-height: 60vh; overflow: auto;
  box-shadow: 0 4px 14px #0003; }
ul:empty { display: none; }
li { padding: .25rem .6rem; cursor: pointer; overflow-wrap: anywhere; }
li:hover, li.on { background: #e6f1f8; }
li.none { color: #666; cursor: default; background: none; }
main { position: relative; min-width: 0; min-height: 0; overflow: hidden; }
canvas { position: absolute; inset: 0; width: 100%; height: 100%;
  touch-action: none; cursor: grab; }
canvas.drag { cursor: grabbing; }
#tip { position: absolute; z-index: 1; pointer-events: none; display: none;
  background: #111; color: #fff; border-radius: 5px; padding: .2rem .55rem;
  max-width: 22rem; overflow-wrap: anywhere; }
#tip small { display: block; color: #ddd; }
.zoom { position: absolute; right: .8rem; bottom: .8rem; display: grid;
  gap: .3rem; }
button { font: inherit; cursor: pointer; }
.zoom button { width: 2.3rem; height: 2.3rem; font-size: 1.15rem;
  border: 1px solid #bbb; border-radius: 6px; background: #fff; }
aside { border-left: 1px solid #ddd; padding: .5rem; overflow: auto;
  width: 15rem; }
aside:empty { display: none; }
aside button { display: flex; gap: .5rem; align-items: baseline; width: 100%;
  border: 0; border-radius: 6px; background: none; padding: .22rem .4rem;
  text-align: left; color: inherit; }
aside button:hover { background: #f0f0f0; }
aside button[aria-pressed=true] { background: #e6f1f8; font-weight: 600; }
aside i { flex: none; width: .75rem; height: .75rem; border-radius: 50%; }
aside span { overflow-wrap: anywhere; flex: 1; }
aside b { font-weight: 400; color: #555; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  body { grid-template: auto 1fr auto / 1fr; }
  aside { width: auto; border-left: 0; border-top: 1px solid #ddd;
    max-height: 25vh; }
}
</style>
)";

constexpr char kBody[] = R"(<div class="search">
<input type="search" placeholder="find a key" aria-label="find a key"
  autocomplete="off"><ul></ul></div>
</header>
<main><canvas></canvas><div id="tip"></div>
<div class="zoom"><button title="nearer">+</button>
<button title="further">&minus;</button>
<button title="everything">&#8634;</button></div></main>
<aside></aside>
)";

constexpr char kScript[] = R"(
const $ = s => document.querySelector(s);
const canvas = $('canvas'), tip = $('#tip'), list = $('ul'), field = $('input');
const ctx = canvas.getContext('2d');
const n = data.keys.length, side = 65535;
const colorOf = l => l < 0 ? data.grey : data.colors[l] || data.grey;
const plain = data.labels.length === 0;
const radius = n <= 300 ? 5 : n <= 3000 ? 3.2 : n <= 20000 ? 2.2 : 1.5;
let width = 0, height = 0, scale = 1, cx = side / 2, cy = side / 2;
let only = null, hits = new Set(), under = -1, marked = -1, waiting = false;

const px = i => (data.x[i] - cx) * scale + width / 2;
const py = i => (cy - data.y[i]) * scale + height / 2;
const shown = i => only === null || data.of[i] === only;
const fit = () => Math.min(width, height) * .94 / side;

// Points by colour, grey ones first, so that they lie below.
const byColor = new Map();
for (let i = n - 1; i >= 0; --i) {
  const c = plain ? data.colors[0] : colorOf(data.of[i]);
  if (!byColor.has(c)) byColor.set(c, []);
  byColor.get(c).push(i);
}
const groups = [...byColor].sort((a, b) =>
  (b[0] === data.grey) - (a[0] === data.grey));

// Points by cell of a grid, to find the one under the pointer.
const cells = Math.max(1, Math.min(256, Math.ceil(Math.sqrt(n / 4))));
const grid = Array.from({length: cells * cells}, () => []);
const cell = v => Math.max(0, Math.min(cells - 1,
  Math.floor(v / (side + 1) * cells)));
for (let i = 0; i < n; ++i) {
  grid[cell(data.y[i]) * cells + cell(data.x[i])].push(i);
}

function nearest(x, y) {
  const reach = Math.max(12, radius + 4) / scale;
  const dx = cx + (x - width / 2) / scale, dy = cy - (y - height / 2) / scale;
  let best = -1, least = reach * reach;
  for (let r = cell(dy - reach); r <= cell(dy + reach); ++r) {
    for (let c = cell(dx - reach); c <= cell(dx + reach); ++c) {
      for (const i of grid[r * cells + c]) {
        const d = (data.x[i] - dx) ** 2 + (data.y[i] - dy) ** 2;
        if (d < least && shown(i)) { least = d; best = i; }
      }
    }
  }
  return best;
}

function drawDots() {
  // Nearer, points grow a little.
  const r = radius * Math.min(2.2, Math.max(1, (scale / fit()) ** .3));
  for (const faded of only === null ? [false] : [true, false]) {
    for (const [color, points] of groups) {
      ctx.fillStyle = color;
      ctx.globalAlpha = faded ? .12 : .78;
      ctx.beginPath();
      for (const i of points) {
        if (shown(i) === faded) continue;
        const x = px(i), y = py(i);
        if (x < -9 || y < -9 || x > width + 9 || y > height + 9) continue;
        if (r < 2) { ctx.rect(x - r, y - r, 2 * r, 2 * r); continue; }
        ctx.moveTo(x + r, y);
        ctx.arc(x, y, r, 0, 7);
      }
      ctx.fill();
    }
  }
  ctx.globalAlpha = 1;
  return r;
}

function ring(i, r, color) {
  ctx.strokeStyle = color;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.arc(px(i), py(i), r + 3, 0, 7);
  ctx.stroke();
}

const shorten = key => key.length > 30 ? key.slice(0, 29) + '…' : key;

// Names where there is room: those looked for, chosen ones, then by importance.
function drawNames(r) {
  const taken = [], most = Math.max(20, width * height / 9000);
  const tries = 4000;
  let left = most;
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  const add = (i, strong) => {
    const x = px(i), y = py(i), gap = r + (hits.has(i) || i === marked ? 7 : 3);
    if (x < 0 || y < 0 || x > width || y > height || !shown(i)) return;
    ctx.font = (strong ? '600 ' : '') + '13px system-ui, sans-serif';
    const text = shorten(data.keys[i]), w = ctx.measureText(text).width;
    for (const [bx, by] of [[x + gap, y], [x - gap - w, y],
      [x - w / 2, y - gap - 6], [x - w / 2, y + gap + 6]]) {
      const box = [bx - 2, by - 8, bx + w + 2, by + 8];
      if (box[0] < 0 || box[2] > width || box[1] < 0 || box[3] > height) continue;
      if (taken.some(t => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] &&
        t[1] < box[3])) continue;
      taken.push(box);
      ctx.strokeStyle = '#fff';
      ctx.lineWidth = 3.5;
      ctx.strokeText(text, bx, by);
      ctx.fillStyle = '#111';
      ctx.fillText(text, bx, by);
      --left;
      return;
    }
  };
  // A set keeps the order and holds a key once.
  const done = new Set([marked, ...[...hits].slice(0, 50), ...data.chosen]);
  for (const i of done) if (i >= 0) add(i, true);
  // The most important key of each part of the view, then the others.
  const parts = new Set(), rest = [];
  for (let i = 0; i < n && left > 0; ++i) {
    if (done.has(i) || !shown(i)) continue;
    const x = px(i), y = py(i);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const part = Math.floor(x / 120) * 1e4 + Math.floor(y / 70);
    if (parts.has(part)) { if (rest.length < tries) rest.push(i); continue; }
    parts.add(part);
    add(i, false);
  }
  for (const i of rest) if (left > 0) add(i, false);
}

function draw() {
  waiting = false;
  const d = window.devicePixelRatio || 1;
  ctx.setTransform(d, 0, 0, d, 0, 0);
  ctx.clearRect(0, 0, width, height);
  const r = drawDots();
  for (const i of hits) ring(i, r, '#111');
  if (marked >= 0) ring(marked, r + 2, '#111');
  drawNames(r);
  if (under >= 0) ring(under, r, '#555');
}

function redraw() {
  if (!waiting) { waiting = true; requestAnimationFrame(draw); }
}

function resize() {
  const first = width === 0, d = window.devicePixelRatio || 1;
  width = canvas.clientWidth;
  height = canvas.clientHeight;
  canvas.width = Math.round(width * d);
  canvas.height = Math.round(height * d);
  if (first) scale = fit();
  draw();  // at once: the new size has cleared the canvas
}

function zoom(factor, x = width / 2, y = height / 2) {
  const to = Math.max(fit() * .5, Math.min(fit() * 2000, scale * factor));
  cx += (x - width / 2) * (1 / scale - 1 / to);
  cy -= (y - height / 2) * (1 / scale - 1 / to);
  scale = to;
  redraw();
}

function hover(x, y) {
  under = nearest(x, y);
  if (under >= 0) {
    tip.textContent = data.keys[under];
    const label = data.of[under];
    if (label >= 0) {
      const small = document.createElement('small');
      small.textContent = data.labels[label];
      tip.append(small);
    }
    tip.style.display = 'block';
    const at = px(under) + 14;
    tip.style.left = Math.max(4, Math.min(at, width - tip.offsetWidth - 4)) +
      'px';
    const top = py(under) + 14;
    tip.style.top = (top + tip.offsetHeight > height ?
      py(under) - 14 - tip.offsetHeight : top) + 'px';
  } else {
    tip.style.display = 'none';
  }
  redraw();
}

const fingers = new Map();
const spot = e => {
  const box = canvas.getBoundingClientRect();
  return [e.clientX - box.left, e.clientY - box.top];
};
canvas.addEventListener('pointerdown', e => {
  canvas.setPointerCapture(e.pointerId);
  fingers.set(e.pointerId, spot(e));
  canvas.classList.add('drag');
});
canvas.addEventListener('pointermove', e => {
  const at = spot(e), before = fingers.get(e.pointerId);
  if (!before) { hover(...at); return; }
  const others = [...fingers].filter(f => f[0] !== e.pointerId);
  if (others.length) {
    const o = others[0][1];
    zoom(Math.hypot(at[0] - o[0], at[1] - o[1]) /
      Math.max(1, Math.hypot(before[0] - o[0], before[1] - o[1])), ...o);
  } else {
    cx -= (at[0] - before[0]) / scale;
    cy += (at[1] - before[1]) / scale;
  }
  fingers.set(e.pointerId, at);
  tip.style.display = 'none';
  redraw();
});
for (const end of ['pointerup', 'pointercancel']) {
  canvas.addEventListener(end, e => {
    fingers.delete(e.pointerId);
    canvas.classList.remove('drag');
  });
}
canvas.addEventListener('pointerleave', () => hover(-1e9, -1e9));
canvas.addEventListener('wheel', e => {
  e.preventDefault();
  zoom(Math.exp(-e.deltaY * (e.deltaMode ? .05 : .0015)), ...spot(e));
}, {passive: false});
canvas.addEventListener('dblclick', e => zoom(2, ...spot(e)));

function go(i) {
  marked = i;
  cx = data.x[i];
  cy = data.y[i];
  scale = Math.max(scale, fit() * 6);
  list.replaceChildren();
  redraw();
}

let found = [], at = -1;
field.addEventListener('input', () => {
  const wanted = field.value.trim().toLowerCase();
  found = [];
  marked = at = -1;
  if (wanted) {
    for (let i = 0; i < n; ++i) {
      const key = data.keys[i].toLowerCase();
      if (key.includes(wanted)) found.push([key === wanted ? 0 :
        key.startsWith(wanted) ? 1 : 2, i]);
    }
    found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
  hits = new Set(found.slice(0, 200).map(f => f[1]));
  list.replaceChildren(...found.slice(0, 30).map(f => {
    const item = document.createElement('li');
    item.textContent = data.keys[f[1]];
    item.addEventListener('mousedown', e => { e.preventDefault(); go(f[1]); });
    return item;
  }));
  if (wanted && !found.length) {
    const item = document.createElement('li');
    item.className = 'none';
    item.textContent = 'no such key';
    list.append(item);
  }
  redraw();
});
field.addEventListener('keydown', e => {
  const items = [...list.children];
  if (e.key === 'Escape') { field.value = ''; field.dispatchEvent(new Event(
    'input')); }
  if (e.key === 'Enter' && found.length) go(found[Math.max(0, at)][1]);
  if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && found.length) {
    e.preventDefault();
    at = Math.max(0, Math.min(items.length - 1,
      at + (e.key === 'ArrowDown' ? 1 : -1)));
    items.forEach((item, i) => item.classList.toggle('on', i === at));
    if (items[at]) items[at].scrollIntoView({block: 'nearest'});
  }
});
field.addEventListener('blur', () => list.replaceChildren());

const counts = new Map();
for (const l of data.of) counts.set(l, (counts.get(l) || 0) + 1);
const rows = plain ? [] : [...data.labels.keys(), -1];
for (const l of rows) {
  if (!counts.get(l)) continue;
  const row = document.createElement('button');
  const dot = document.createElement('i'), name = document.createElement('span');
  const count = document.createElement('b');
  dot.style.background = colorOf(l);
  name.textContent = l < 0 ? 'no label' : data.labels[l];
  count.textContent = counts.get(l);
  row.append(dot, name, count);
  row.setAttribute('aria-pressed', 'false');
  row.title = 'show only these';
  row.addEventListener('click', () => {
    only = only === l ? null : l;
    for (const other of document.querySelectorAll('aside button')) {
      other.setAttribute('aria-pressed', String(other === row && only === l));
    }
    redraw();
  });
  $('aside').append(row);
}

const [nearer, further, all] = document.querySelectorAll('.zoom button');
nearer.addEventListener('click', () => zoom(1.6));
further.addEventListener('click', () => zoom(1 / 1.6));
all.addEventListener('click', () => {
  cx = cy = side / 2;
  scale = fit();
  redraw();
});
new ResizeObserver(resize).observe(canvas);
)";

// Whole numbers from 0 to 65535, the middle of the points in the middle.
void AppendPlaces(const KeyMap& map, Json* data) {
  constexpr double kSide = 65535;
  Point low = {HUGE_VAL, HUGE_VAL};
  Point high = {-HUGE_VAL, -HUGE_VAL};
  for (const Point& place : map.places) {
    low = {std::min(low.x, place.x), std::min(low.y, place.y)};
    high = {std::max(high.x, place.x), std::max(high.y, place.y)};
  }
  const double span = std::max(high.x - low.x, high.y - low.y);
  const double scale = span > 0 ? kSide / span : 0;
  const auto whole = [&](double value, double middle) {
    return static_cast<int>(std::lround(kSide / 2 + (value - middle) * scale));
  };
  Json x = Json::array();
  Json y = Json::array();
  for (const Point& place : map.places) {
    x.push_back(whole(place.x, (low.x + high.x) / 2));
    y.push_back(whole(place.y, (low.y + high.y) / 2));
  }
  (*data)["x"] = std::move(x);
  (*data)["y"] = std::move(y);
}

std::string Data(const KeyMap& map) {
  Json data;
  data["keys"] = map.keys;
  AppendPlaces(map, &data);
  Json of = Json::array();
  for (const uint32_t label : map.labels) {
    of.push_back(label == KeyMap::kNoLabel ? -1 : static_cast<int64_t>(label));
  }
  data["of"] = std::move(of);
  data["labels"] = map.label_names;
  data["chosen"] = map.chosen;
  Json colors = Json::array();
  for (uint32_t i = 0; i < NumMapColors(); ++i) colors.push_back(MapColor(i));
  data["colors"] = std::move(colors);
  data["grey"] = MapColor(KeyMap::kNoLabel);
  // A key may hold "</script>", and any bytes.
  return absl::StrReplaceAll(
      data.dump(-1, ' ', false, Json::error_handler_t::replace),
      {{"<", "\\u003c"}});
}

}  // namespace

std::string KeyMapPage(const KeyMap& map) {
  const std::string title = EscapeMarkup(map.title);
  return absl::StrCat(kMapHead, "<title>", title, "</title>\n</head>\n<body>\n",
                      "<header><h1>", title, "</h1><p>", EscapeMarkup(map.note),
                      "</p>\n", kBody, "<script>\nconst data = ", Data(map),
                      ";", kScript, "</script>\n</body>\n</html>\n");
}

}  // namespace embed
