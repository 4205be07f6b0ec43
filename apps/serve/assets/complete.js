// Completion of keys in an input, as a combobox (WAI-ARIA practices).
import {keysWithPrefix} from './api.js';

const most = 8;
const pause = 90;  // milliseconds after the last key stroke
let lists = 0;

// choose(key): called when a key of the list is taken.
export function complete(input, choose) {
  const list = document.createElement('ul');
  list.className = 'choices';
  list.id = `choices-${++lists}`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Keys');
  list.hidden = true;
  input.after(list);
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');

  let timer = 0;
  let request = null;
  let active = -1;

  function close() {
    clearTimeout(timer);
    if (request) request.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function mark(index) {
    const items = list.children;
    if (active >= 0 && items[active]) items[active].setAttribute('aria-selected', 'false');
    active = index;
    if (active < 0) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    items[active].setAttribute('aria-selected', 'true');
    items[active].scrollIntoView({block: 'nearest'});
    input.setAttribute('aria-activedescendant', items[active].id);
  }

  function take(key) {
    input.value = key;
    close();
    choose(key);
  }

  function show(keys) {
    list.replaceChildren(...keys.map(({key, type}, i) => {
      const item = document.createElement('li');
      item.id = `${list.id}-${i}`;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', 'false');
      item.append(key);
      if (type) {
        const small = document.createElement('small');
        small.textContent = type;
        item.append(small);
      }
      // Before the input loses the focus.
      item.addEventListener('pointerdown', (event) => event.preventDefault());
      item.addEventListener('click', () => take(key));
      return item;
    }));
    active = -1;
    list.hidden = keys.length === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
  }

  async function look() {
    if (request) request.abort();
    request = new AbortController();
    const prefix = input.value;
    if (prefix === '') return close();
    try {
      const keys = await keysWithPrefix(prefix, most, request.signal);
      if (input.value === prefix && document.activeElement === input) show(keys);
    } catch (error) {
      if (error.name !== 'AbortError') close();
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, pause);
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === 'ArrowDown' && count > 0) {
      mark((active + 1) % count);
    } else if (event.key === 'ArrowUp' && count > 0) {
      mark(active <= 0 ? count - 1 : active - 1);
    } else if (event.key === 'Enter' && active >= 0) {
      take(list.children[active].firstChild.textContent);
    } else if (event.key === 'Escape' && count > 0) {
      close();
    } else {
      return;
    }
    event.preventDefault();
  });
  input.form.addEventListener('submit', close);
}
