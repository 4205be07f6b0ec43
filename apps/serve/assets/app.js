// The page: what is asked, the answers, and the way from item to item. The
// state is in the address (after #), so that a link and the back button work.
import * as api from './api.js';
import {complete} from './complete.js';
import {ItemMap} from './map.js';

const $ = (id) => document.getElementById(id);
const mostOfTrail = 8;

const state = {mode: 'near', key: '', chosen: [], triple: ['', '', ''], type: '', k: 10, exact: false};
const trail = [];
let running = null;  // the request under way
let metric = 'cosine';  // of the index
const scoreTitles = {cosine: 'cosine', dot: 'dot product', l2: 'squared distance: lower is nearer'};

const map = new ItemMap($('map'), $('tip'), walkTo);

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function writeAddress() {
  const fields = new URLSearchParams();
  if (state.mode !== 'near') fields.set('mode', state.mode);
  if (state.mode === 'near' && state.key) fields.set('key', state.key);
  const list = {history: state.chosen, analogy: state.triple}[state.mode] || [];
  for (const key of list) fields.append('item', key);
  if (state.type) fields.set('type', state.type);
  if (state.k !== 10) fields.set('k', state.k);
  if (state.exact) fields.set('exact', '1');
  const address = `#${fields}`;
  if (address !== (location.hash || '#')) history.pushState(null, '', address);
}

function readAddress() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const mode = fields.get('mode');
  state.mode = ['history', 'analogy'].includes(mode) ? mode : 'near';
  const items = fields.getAll('item');
  state.key = fields.get('key') || '';
  if (state.mode === 'history') state.chosen = items;
  if (state.mode === 'analogy') state.triple = [0, 1, 2].map((i) => items[i] || '');
  state.type = fields.get('type') || '';
  state.k = Math.min(Math.max(Number(fields.get('k')) || 10, 1), 1000);
  state.exact = fields.get('exact') === '1';
}

function showState() {
  for (const button of document.querySelectorAll('[data-mode]')) {
    button.setAttribute('aria-pressed', String(button.dataset.mode === state.mode));
  }
  for (const form of document.querySelectorAll('form[data-for]')) {
    form.hidden = form.dataset.for !== state.mode;
  }
  $('near-key').value = state.key;
  ['a', 'b', 'c'].forEach((name, i) => { $(`analogy-${name}`).value = state.triple[i]; });
  $('chosen').replaceChildren(...state.chosen.map((key, i) => element('li', {}, element('button', {
    type: 'button',
    textContent: key,
    title: 'Take it out again',
    onclick: () => {
      state.chosen.splice(i, 1);
      update();
    },
  }))));
  if (![...$('count').options].some((option) => Number(option.value) === state.k)) {
    $('count').append(element('option', {textContent: state.k}));
  }
  $('count').value = state.k;
  $('type').value = state.type;
  $('exact').checked = state.exact;
}

// What is asked of the service; null: nothing yet.
function body() {
  const asked = {k: state.k, exact: state.exact};
  if (state.type) asked.filter = {type: state.type};
  if (state.mode === 'near' && state.key) return {...asked, key: state.key};
  if (state.mode === 'history' && state.chosen.length > 0) return {...asked, keys: state.chosen};
  if (state.mode === 'analogy' && state.triple.every(Boolean)) return {...asked, analogy: state.triple};
  return null;
}

function title() {
  if (state.mode === 'near') return `Near ${state.key}`;
  if (state.mode === 'history') return 'Then perhaps';
  const [a, b, c] = state.triple;
  return `${a} is to ${b} as ${c} is to …`;
}

function centers() {
  if (state.mode === 'near') return [state.key];
  return state.mode === 'history' ? state.chosen : state.triple;
}

function clearAnswers() {
  $('asked').textContent = '';
  $('note').hidden = true;
  $('answers').replaceChildren();
  map.light([], []);
}

// How near an item is, from 0 to 1, as a part of how near the first one is. By
// l2 scores are distances, so that half the distance is twice as near; so are
// dot products where all are below 0.
function nearness(score, first) {
  if (metric !== 'l2' && first > 0) {
    return score / (metric === 'cosine' ? Math.max(first, 0.5) : first);
  }
  return score === first ? 1 : first / score;
}

// Scores by cosine are at most 1, others of any size.
function scoreText(score) {
  if (metric === 'cosine') return score.toFixed(3);
  const size = Math.abs(score);
  if (size > 0 && (size < 0.001 || size >= 1e6)) return score.toExponential(2);
  return String(Number(score.toPrecision(4)));
}

function row(item, rank, first) {
  const name = element('button', {type: 'button', className: 'walk', onclick: () => walkTo(item.key)}, item.key);
  if (item.type) name.append(element('small', {textContent: item.type}));
  const fill = element('i');
  fill.style.width = `${Math.max(0, Math.min(100, 100 * nearness(item.score, first)))}%`;
  const meter = element('span', {className: 'meter'}, fill);
  meter.setAttribute('aria-hidden', 'true');
  name.append(meter);
  const add = element('button', {type: 'button', className: 'add', textContent: '+', title: 'Add to the history'});
  add.setAttribute('aria-label', `Add ${item.key} to the history`);
  add.onclick = () => choose(item.key);
  return element('li', {},
    element('span', {className: 'rank', textContent: rank}), name,
    element('span', {className: 'score', textContent: scoreText(item.score), title: scoreTitles[metric]}), add);
}

function showAnswers(answer) {
  $('asked').textContent = title();
  const notes = [];
  const quote = (keys) => keys.map((key) => `“${key}”`).join(', ');
  if (answer.composed) notes.push(`${quote(answer.composed)}: not in the index, composed of its parts.`);
  if (answer.unknown) notes.push(`Left out, because unknown: ${quote(answer.unknown)}.`);
  if (answer.neighbors.length === 0) notes.push('Nothing passes the filter.');
  $('note').textContent = notes.join(' ');
  $('note').hidden = notes.length === 0;
  const first = answer.neighbors.length > 0 ? answer.neighbors[0].score : 0;
  $('answers').replaceChildren(...answer.neighbors.map((item, i) => row(item, i + 1, first)));
  map.light(centers(), answer.neighbors.map((item) => item.key));
}

function showProblem(error) {
  clearAnswers();
  const box = $('problem');
  box.replaceChildren(element('span', {textContent: error.message}));
  if (error.nearest && error.nearest.length > 0) {
    box.append(element('span', {textContent: 'Did you mean:'}));
    for (const key of error.nearest) {
      box.append(element('button', {type: 'button', textContent: key, onclick: () => walkTo(key)}));
    }
  }
  box.hidden = false;
}

function showTrail() {
  if (state.mode === 'near' && state.key) {
    // The way back to an item ends there.
    const at = trail.indexOf(state.key);
    if (at >= 0) trail.length = at;
    trail.push(state.key);
    if (trail.length > mostOfTrail) trail.shift();
  }
  const before = trail.slice(0, -1);
  $('trail').hidden = before.length === 0;
  $('trail').replaceChildren('Before:', ...before.map((key) => element('button', {
    type: 'button', textContent: key, onclick: () => walkTo(key),
  })));
}

async function run() {
  showState();
  if (running) running.abort();
  running = new AbortController();
  const {signal} = running;
  $('problem').hidden = true;
  const asked = body();
  if (!asked) return clearAnswers();
  const box = document.querySelector('.answers');
  box.classList.add('waiting');
  try {
    const answer = await api.query(asked, signal);
    if (signal.aborted) return;
    showAnswers(answer);
    showTrail();
  } catch (error) {
    if (error.name !== 'AbortError') showProblem(error);
  } finally {
    if (!signal.aborted) box.classList.remove('waiting');
  }
}

function update() {
  writeAddress();
  run();
}

function walkTo(key) {
  state.mode = 'near';
  state.key = key;
  update();
  $('asked').focus({preventScroll: true});
}

function choose(key) {
  state.mode = 'history';
  if (key && !state.chosen.includes(key)) state.chosen.push(key);
  $('history-key').value = '';
  update();
}

function listen() {
  for (const button of document.querySelectorAll('[data-mode]')) {
    button.onclick = () => {
      state.mode = button.dataset.mode;
      update();
    };
  }
  const submit = (mode, act) => {
    document.querySelector(`form[data-for="${mode}"]`).addEventListener('submit', (event) => {
      event.preventDefault();
      act();
    });
  };
  submit('near', () => walkTo($('near-key').value));
  submit('history', () => choose($('history-key').value));
  const analogy = () => {
    state.triple = ['a', 'b', 'c'].map((name) => $(`analogy-${name}`).value);
    update();
  };
  submit('analogy', analogy);
  complete($('near-key'), walkTo);
  complete($('history-key'), choose);
  for (const name of ['a', 'b', 'c']) complete($(`analogy-${name}`), () => {});
  $('type').onchange = () => { state.type = $('type').value; update(); };
  $('count').onchange = () => { state.k = Number($('count').value); update(); };
  $('exact').onchange = () => { state.exact = $('exact').checked; update(); };
  $('zoom-in').onclick = () => map.zoom(1.5);
  $('zoom-out').onclick = () => map.zoom(1 / 1.5);
  $('zoom-lit').onclick = () => map.showLit();
  $('zoom-all').onclick = () => map.showAll();
  addEventListener('popstate', () => { readAddress(); run(); });
  // "/" goes to the search, as on many pages.
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.closest('input, select, dialog')) return;
    event.preventDefault();
    document.querySelector(`form[data-for="${state.mode}"] input`).focus();
  });
}

let tokenAsked = null;
function login(wrong) {
  tokenAsked = tokenAsked || new Promise((done) => {
    if (wrong) $('login-text').textContent = 'That was not the token. Try again.';
    $('token').value = '';
    $('login').addEventListener('close', () => {
      tokenAsked = null;
      done($('token').value);
    }, {once: true});
    $('login').showModal();
  });
  return tokenAsked;
}

async function showInfo() {
  const info = await api.info();
  const number = (value) => value.toLocaleString('en');
  metric = info.metric;
  const mode = info.made.mode ? `, ${info.made.mode}` : '';
  $('about').textContent = `${number(info.items)} items, ${info.dim} dimensions${mode}`;
  $('exact').parentElement.hidden = info.index === 'flat';
  if (info.types.length > 0) {
    $('type').append(...info.types.map((name) => element('option', {value: name, textContent: name})));
    $('type').value = state.type;
    $('type-label').hidden = false;
  }
}

async function showMap() {
  try {
    const places = await api.map();
    map.setPlaces(places);
    $('map-state').hidden = true;
    const part = places.keys.length < places.items ? `${places.keys.length.toLocaleString('en')} of the items: ` : '';
    $('map-note').textContent = part + places.note;
    $('legend').replaceChildren(...map.labelColors().slice(0, 12).map(({name, color}) => {
      const dot = element('i');
      dot.style.background = color;
      return element('li', {}, dot, name);
    }));
    $('legend').hidden = places.labels.length === 0;
  } catch (error) {
    $('map-state').textContent = `No map: ${error.message}`;
  }
}

api.onTokenNeeded(login);
listen();
readAddress();
showInfo().catch(showProblem).then(run);  // the metric says how scores are shown
showMap();
