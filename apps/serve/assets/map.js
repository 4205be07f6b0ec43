// The map: all items as dots on a canvas, the chosen ones lit.
//
// Dots are written into the pixels one by one, so that a hundred thousand of
// them move smoothly; names, rings and lines are drawn over them.
const colors = ['#2f7fd1', '#d9600f', '#0f9d76', '#c66a9f', '#c99400', '#4aa8dc', '#8f62bb', '#a0693a'];
const side = 65535;  // of the places
const reach = 14;    // pixels between the pointer and the dot it means
const margin = 34;
const mostNames = 60;  // of items that are not lit, of so many first ones
const mostNamed = 2000;

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

export class ItemMap {
  // choose(key): called when a dot is clicked.
  constructor(canvas, tip, choose) {
    this.canvas = canvas;
    this.tip = tip;
    this.choose = choose;
    this.pen = canvas.getContext('2d');
    this.places = null;
    this.lit = {centers: [], near: []};
    this.view = {x: side / 2, y: side / 2, scale: 1};
    this.pointers = new Map();
    this.listen();
  }

  setPlaces(places) {
    this.places = places;
    this.at = new Map(places.keys.map((key, i) => [key, i]));
    this.bounds = this.boundsOf(places.keys.keys());
    this.showAll();
  }

  // Keys in the middle, and their neighbors, which get lines to a lone one.
  light(centers, near) {
    this.lit = {centers, near};
    this.draw();
  }

  labelColors() {
    if (!this.places) return [];
    return this.places.labels.map((name, i) => ({name, color: colors[i] || '#8b97a8'}));
  }

  boundsOf(indices) {
    const box = {left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity};
    for (const i of indices) {
      box.left = Math.min(box.left, this.places.x[i]);
      box.right = Math.max(box.right, this.places.x[i]);
      box.top = Math.min(box.top, this.places.y[i]);
      box.bottom = Math.max(box.bottom, this.places.y[i]);
    }
    return box;
  }

  showAll() {
    if (this.places) this.fit(this.bounds, 0);
  }

  showLit() {
    if (!this.places) return;
    const indices = [...this.lit.centers, ...this.lit.near].map((key) => this.at.get(key)).filter((i) => i !== undefined);
    if (indices.length > 0) this.fit(this.boundsOf(indices), side / 60);
  }

  fit(box, least) {
    this.fitted = [box, least];
    const width = Math.max(box.right - box.left, least, 1);
    const height = Math.max(box.bottom - box.top, least, 1);
    const room = (length) => Math.max(length - 2 * margin, 20);
    this.moveTo({
      x: (box.left + box.right) / 2,
      y: (box.top + box.bottom) / 2,
      scale: Math.min(room(this.canvas.clientWidth) / width, room(this.canvas.clientHeight) / height),
    });
  }

  moveTo(view) {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const from = {...this.view};
    const start = performance.now();
    const length = still || !this.drawnOnce ? 1 : 320;
    cancelAnimationFrame(this.moving);
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - start) / length));
      const done = 1 - (1 - part) ** 3;
      this.view = {
        x: from.x + (view.x - from.x) * done,
        y: from.y + (view.y - from.y) * done,
        scale: from.scale * (view.scale / from.scale) ** done,
      };
      this.paint();
      if (part < 1) this.moving = requestAnimationFrame(step);
    };
    this.moving = requestAnimationFrame(step);
  }

  // Zooms so that the point (px, py) of the canvas stays where it is.
  zoom(factor, px = this.canvas.clientWidth / 2, py = this.canvas.clientHeight / 2) {
    const scale = Math.min(Math.max(this.view.scale * factor, 1e-4), 50);
    const dx = px - this.canvas.clientWidth / 2;
    const dy = py - this.canvas.clientHeight / 2;
    this.view.x += dx / this.view.scale - dx / scale;
    this.view.y -= dy / this.view.scale - dy / scale;
    this.view.scale = scale;
    this.fitted = null;
    this.draw();
  }

  pan(dx, dy) {
    this.view.x -= dx / this.view.scale;
    this.view.y += dy / this.view.scale;
    this.fitted = null;
    this.draw();
  }

  // Where item i is on the canvas; y of places goes up.
  spot(i) {
    return [
      this.canvas.clientWidth / 2 + (this.places.x[i] - this.view.x) * this.view.scale,
      this.canvas.clientHeight / 2 - (this.places.y[i] - this.view.y) * this.view.scale,
    ];
  }

  nearestTo(px, py) {
    if (!this.places) return -1;
    let best = -1;
    let least = reach * reach;
    for (let i = 0; i < this.places.keys.length; ++i) {
      const [x, y] = this.spot(i);
      const distance = (x - px) ** 2 + (y - py) ** 2;
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }

  draw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.paint();
    });
  }

  paint() {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.canvas.clientWidth * ratio);
    const height = Math.round(this.canvas.clientHeight * ratio);
    if (width === 0 || height === 0) return;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, width, height);
    if (!this.places) return;
    this.paintDots(width, height, ratio);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.paintLit();
    this.drawnOnce = true;
  }

  dotColor(style, label) {
    const [r, g, b] = rgb(colors[label] || style.getPropertyValue('--dot').trim());
    const faded = this.lit.centers.length > 0 ? 0.5 : 0.85;
    return (Math.round(255 * faded) << 24 | b << 16 | g << 8 | r) >>> 0;
  }

  paintDots(width, height, ratio) {
    const image = this.pen.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const style = getComputedStyle(document.documentElement);
    const {x, y, label, keys} = this.places;
    const tints = Array.from({length: colors.length + 1}, (_, i) => this.dotColor(style, i - 1));
    const count = keys.length;
    const size = Math.max(1, Math.round(ratio * (count > 20000 ? 1.6 : count > 1000 ? 2.6 : 4.5)));
    const scale = this.view.scale * ratio;
    const left = width / 2 - this.view.x * scale - size / 2;
    const top = height / 2 + this.view.y * scale - size / 2;
    for (let i = 0; i < count; ++i) {
      const px = Math.round(left + x[i] * scale);
      const py = Math.round(top - y[i] * scale);
      if (px < 0 || py < 0 || px + size > width || py + size > height) continue;
      const tint = tints[1 + (label.length > 0 && label[i] < colors.length ? label[i] : -1)];
      for (let row = 0; row < size; ++row) {
        const start = (py + row) * width + px;
        pixels.fill(tint, start, start + size);
      }
    }
    this.pen.putImageData(image, 0, 0);
  }

  paintLit() {
    const style = getComputedStyle(document.documentElement);
    const find = (keys) => keys.map((key) => this.at.get(key)).filter((i) => i !== undefined);
    const centers = find(this.lit.centers);
    const near = find(this.lit.near);
    const lit = style.getPropertyValue('--lit').trim();
    const accent = style.getPropertyValue('--accent').trim();
    this.family = getComputedStyle(document.body).fontFamily;
    const pen = this.pen;
    pen.lineWidth = 1;
    pen.strokeStyle = accent;
    pen.globalAlpha = 0.45;
    for (const center of centers.length === 1 ? centers : []) {
      for (const other of near) {
        pen.beginPath();
        pen.moveTo(...this.spot(center));
        pen.lineTo(...this.spot(other));
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
    const taken = [];
    for (const i of centers) this.paintDot(i, 7, lit, style);
    for (const i of near) this.paintDot(i, 5, accent, style);
    for (const i of centers) this.paintName(i, '600 14px', lit, style, taken);
    for (const i of near) this.paintName(i, '13px', style.getPropertyValue('--ink').trim(), style, taken);
    // The commonest of those in view, where there is room.
    const soft = style.getPropertyValue('--soft').trim();
    const most = taken.length + mostNames;
    for (let i = 0; i < Math.min(this.places.keys.length, mostNamed) && taken.length < most; ++i) {
      const [x, y] = this.spot(i);
      if (x < 0 || y < 0 || x > this.canvas.clientWidth || y > this.canvas.clientHeight) continue;
      if (!centers.includes(i) && !near.includes(i)) this.paintName(i, '12px', soft, style, taken);
    }
  }

  paintDot(i, radius, color, style) {
    const [x, y] = this.spot(i);
    this.pen.beginPath();
    this.pen.arc(x, y, radius, 0, 2 * Math.PI);
    this.pen.fillStyle = color;
    this.pen.fill();
    this.pen.lineWidth = 2;
    this.pen.strokeStyle = style.getPropertyValue('--card').trim();
    this.pen.stroke();
  }

  // Unless it would lie over a name that is there, or outside.
  paintName(i, font, color, style, taken) {
    const pen = this.pen;
    pen.font = `${font} ${this.family}`;
    const key = this.places.keys[i];
    const text = key.length > 28 ? `${key.slice(0, 27)}…` : key;
    const [x, y] = this.spot(i);
    const width = pen.measureText(text).width;
    const right = x + 10 + width < this.canvas.clientWidth;
    const box = {left: right ? x + 10 : x - 10 - width, top: y - 8, width, height: 17};
    const meets = (other) =>
      box.left < other.left + other.width && other.left < box.left + box.width &&
      box.top < other.top + other.height && other.top < box.top + box.height;
    if (box.left < 0 || y < 0 || y > this.canvas.clientHeight || taken.some(meets)) return;
    taken.push(box);
    pen.textBaseline = 'middle';
    pen.lineWidth = 4;
    pen.lineJoin = 'round';
    pen.strokeStyle = style.getPropertyValue('--card').trim();
    pen.strokeText(text, box.left, y);
    pen.fillStyle = color;
    pen.fillText(text, box.left, y);
  }

  hover(px, py) {
    const i = this.nearestTo(px, py);
    this.tip.hidden = i < 0;
    this.canvas.style.cursor = i < 0 ? 'grab' : 'pointer';
    if (i < 0) return;
    const label = this.places.labels[this.places.label[i]];
    this.tip.textContent = label ? `${this.places.keys[i]} · ${label}` : this.places.keys[i];
    const left = Math.min(px + 14, this.canvas.clientWidth - this.tip.offsetWidth - 6);
    this.tip.style.left = `${Math.max(left, 6)}px`;
    this.tip.style.top = `${py > 50 ? py - 36 : py + 20}px`;
  }

  listen() {
    const {canvas} = this;
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), event.offsetX, event.offsetY);
    }, {passive: false});
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
      this.moved = this.pointers.size > 1 ? Infinity : 0;
    });
    canvas.addEventListener('pointermove', (event) => this.onMove(event));
    const release = (event, click) => {
      if (!this.pointers.delete(event.pointerId) || !click || this.moved > 6) return;
      const i = this.nearestTo(event.offsetX, event.offsetY);
      if (i >= 0) this.choose(this.places.keys[i]);
    };
    canvas.addEventListener('pointerup', (event) => release(event, true));
    canvas.addEventListener('pointercancel', (event) => release(event, false));
    canvas.addEventListener('pointerleave', () => { this.tip.hidden = true; });
    canvas.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => {
      if (this.fitted) this.fit(...this.fitted);
      else this.draw();
    }).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  onMove(event) {
    const here = [event.offsetX, event.offsetY];
    const before = this.pointers.get(event.pointerId);
    if (!before) return this.hover(...here);
    this.tip.hidden = true;
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId);
    const dx = here[0] - before[0];
    const dy = here[1] - before[1];
    this.moved += Math.abs(dx) + Math.abs(dy);
    this.pointers.set(event.pointerId, here);
    if (others.length === 0) {
      if (this.moved > 6) this.pan(dx, dy);
      return;
    }
    const [ox, oy] = others[0][1];
    const factor = Math.hypot(here[0] - ox, here[1] - oy) / Math.max(Math.hypot(before[0] - ox, before[1] - oy), 1);
    this.zoom(factor, ox, oy);
  }

  onKey(event) {
    const step = 60;
    const moves = {ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step]};
    if (moves[event.key]) this.pan(...moves[event.key]);
    else if (event.key === '+' || event.key === '=') this.zoom(1.4);
    else if (event.key === '-') this.zoom(1 / 1.4);
    else if (event.key === '0') this.showAll();
    else return;
    event.preventDefault();
  }
}
