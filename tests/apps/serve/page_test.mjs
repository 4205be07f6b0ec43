// The page as a user has it: search, walk, history, analogy, map, errors, a
// phone. PICTURES=FOLDER keeps screenshots.
import assert from 'node:assert';
import {spawn, spawnSync} from 'node:child_process';
import {copyFileSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {Browser, lineOf, sleep} from './browser.mjs';

const [chromium, binArgument, karate] = process.argv.slice(2);
const bin = resolve(binArgument);
const folder = mkdtempSync(join(tmpdir(), 'embed_serve_'));
const text = (selector) => `document.querySelector(${JSON.stringify(selector)}).textContent`;
const count = (selector) => `document.querySelectorAll(${JSON.stringify(selector)}).length`;

async function picture(browser, name) {
  if (process.env.PICTURES) await browser.picture(join(process.env.PICTURES, `${name}.png`));
}

async function searchAndWalk(browser) {
  await browser.until(`${text('#about')}.includes('34 items')`);
  await browser.click('#near-key');
  await browser.type('3');
  await browser.until(`${count('.complete .choices:not([hidden]) li')} === 6`);  // 3, 30 to 34
  await browser.key('ArrowDown');
  await browser.key('ArrowDown');
  await picture(browser, 'completion');
  await browser.key('Enter');
  await browser.until(`${count('#answers li')} === 10`);
  const chosen = await browser.eval('document.querySelector("#near-key").value');
  assert.match(await browser.eval(text('#asked')), new RegExp(`Near ${chosen}$`));
  const next = await browser.eval('document.querySelector("#answers .walk").firstChild.textContent');
  await browser.click('#answers .walk');
  await browser.until(`${text('#asked')} === 'Near ${next}'`);
  assert.equal(await browser.eval(text('#trail button')), chosen);
  await browser.eval('history.back()');
  await browser.until(`${text('#asked')} === 'Near ${chosen}'`);
}

async function historyAndAnalogy(browser) {
  await browser.click('#answers li:nth-child(1) .add');
  await browser.until(`${count('#chosen li')} === 1`);
  await browser.until(`${text('#asked')} === 'Then perhaps'`);
  await browser.click('#answers li:nth-child(2) .add');
  await browser.until(`${count('#chosen li')} === 2 && ${count('#answers li')} === 10`);
  await sleep(400);
  await picture(browser, 'history');
  await browser.click('#chosen button');
  await browser.until(`${count('#chosen li')} === 1`);
  await browser.click('[data-mode="analogy"]');
  for (const [name, key] of [['a', '1'], ['b', '2'], ['c', '34']]) {
    await browser.eval(`document.querySelector('#analogy-${name}').focus()`);
    await browser.type(key);
  }
  await browser.key('Enter');
  await browser.until(`${text('#asked')}.startsWith('1 is to 2 as 34') && ${count('#answers li')} === 10`);
  await picture(browser, 'analogy');
}

async function errors(browser) {
  await browser.click('[data-mode="near"]');
  await browser.click('#near-key');
  await browser.eval('document.querySelector("#near-key").select()');
  await browser.type('333');
  await browser.key('Enter');
  await browser.until('!document.querySelector("#problem").hidden');
  assert.match(await browser.eval(text('#problem')), /no key "333".*Did you mean/);
  await picture(browser, 'unknown');
  await browser.click('#problem button');
  await browser.until(`document.querySelector("#problem").hidden && ${count('#answers li')} === 10`);
}

async function hoverTheMap(browser) {
  await browser.until('document.querySelector("#map-state").hidden');
  // Some dot is under one of the points of a fine grid.
  const box = await browser.eval(`(() => {
    const box = document.querySelector('#map').getBoundingClientRect();
    return [box.left, box.top, box.width, box.height];
  })()`);
  let tip = '';
  for (let i = 0; i < 900 && tip === ''; ++i) {
    const x = box[0] + box[2] * ((i % 30) + 0.5) / 30;
    const y = box[1] + box[3] * (Math.floor(i / 30) + 0.5) / 30;
    await browser.mouse('mouseMoved', x, y);
    tip = await browser.eval('document.querySelector("#tip").hidden ? "" : document.querySelector("#tip").textContent');
    if (tip === '') continue;
    await picture(browser, 'hover');
    await browser.mouse('mousePressed', x, y);
    await browser.mouse('mouseReleased', x, y);
  }
  assert.match(tip, /^\d+$/);
  await browser.until(`${text('#asked')} === 'Near ${tip}'`);
}

async function looks(browser, name) {
  assert.ok(await browser.eval('document.documentElement.scrollWidth <= innerWidth'), `${name} is wider than the window`);
  await sleep(500);
  await picture(browser, name);
}

// Bars where lower scores are nearer: the first is full, the others get shorter.
async function distances(browser, url) {
  await browser.open(`${url}/#key=1`);
  await browser.until(`${count('#answers li')} === 10`);
  const widths = await browser.eval(`[...document.querySelectorAll('.meter i')].map((bar) => parseFloat(bar.style.width))`);
  assert.equal(widths[0], 100);
  for (let i = 1; i < widths.length; ++i) assert.ok(widths[i] <= widths[i - 1] && widths[i] > 0, String(widths));
  assert.ok(widths[9] < 100);
  await looks(browser, 'distances');
}

async function serve(index) {
  const server = spawn(join(bin, 'embedserve'), ['--index', join(folder, index), '--port', '0']);
  servers.push(server);
  const [, url] = await lineOf(server.stdout, /listening on (\S+)\n/);
  return [server, url];
}

async function testPage(browser, server, url) {
  await browser.size(1280, 800);
  await browser.open(url);
  await searchAndWalk(browser);
  await looks(browser, 'light');
  await historyAndAnalogy(browser);
  await errors(browser);
  await hoverTheMap(browser);
  await browser.click('#zoom-lit');
  await looks(browser, 'zoomed');
  await browser.size(1280, 800, false, true);
  await looks(browser, 'dark');
  await browser.size(390, 844, true);
  await browser.eval('scrollTo(0, 0)');
  await looks(browser, 'phone');
  await browser.eval('document.querySelector(".map").scrollIntoView()');
  await looks(browser, 'phone_map');
  server.kill();
  await new Promise((done) => server.once('exit', done));
  await browser.click('[data-mode="near"]');
  await browser.until(`${text('#problem')}.includes('does not answer')`);
  assert.deepEqual(browser.problems, []);
}

const servers = [];
let browser;
try {
  copyFileSync(karate, join(folder, 'karate.edgelist'));
  const trained = spawnSync(join(bin, 'embedtrain'), ['--mode', 'deepwalk', '--threads', '1', 'karate.edgelist'], {cwd: folder});
  assert.equal(trained.status, 0, String(trained.stderr));
  const converted = spawnSync(join(bin, 'embedconvert'), ['--metric', 'l2', 'karate.embed', 'l2.faiss'], {cwd: folder});
  assert.equal(converted.status, 0, String(converted.stderr));
  const [server, url] = await serve('karate.faiss');
  browser = await Browser.start(chromium);
  await testPage(browser, server, url);
  const [, urlOfDistances] = await serve('l2.faiss');
  await browser.size(1280, 800);
  await distances(browser, urlOfDistances);
  console.log('passed');
} finally {
  if (browser) await browser.end();
  for (const server of servers) server.kill();
  rmSync(folder, {recursive: true, force: true});
}
