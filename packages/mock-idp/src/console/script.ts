/**
 * The one script of the console: pages update themselves. All pages work without it.
 *
 * After each event the page is read again and its live parts are compared with what is shown: rows come and go by their
 * keys, so that focus, selection and open details stay. Documents are parsed by XMLHttpRequest, which needs no policy
 * of Trusted Types and runs no script.
 */
export const script: string = `'use strict'
const live = document.getElementById('live')
const state = document.getElementById('live-state')
const news = document.getElementById('live-news')
const pause = document.getElementById('pause')
const newsEveryMs = 10000

document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
const address = new URL(location.href)
if (address.searchParams.has('notice')) {
  address.searchParams.delete('notice')
  history.replaceState(history.state, '', address)
}

const hasFocus = (element) => element.contains(document.activeElement) && document.activeElement !== document.body

/** Makes the rows of a shown list those of a fresh one, moving none that stays. Gives how many are new. */
function mergeList(shown, fresh) {
  const keys = new Set(Array.from(fresh.children, (row) => row.dataset.key))
  for (const row of [...shown.children]) if (!keys.has(row.dataset.key) && !hasFocus(row)) row.remove()
  const known = new Map(Array.from(shown.children, (row) => [row.dataset.key, row]))
  let added = 0
  let place = shown.firstElementChild
  for (const row of fresh.children) {
    while (place && !keys.has(place.dataset.key)) place = place.nextElementSibling
    const old = known.get(row.dataset.key)
    if (!old) {
      shown.insertBefore(document.importNode(row, true), place).classList.add('new')
      added += 1
      continue
    }
    if (old === place) place = place.nextElementSibling
    else shown.insertBefore(old, place)
    added += mergeRow(old, row)
  }
  return added
}

function mergeRow(old, row) {
  const isNew = old.classList.contains('new')
  old.classList.remove('new')
  const isSame = old.isEqualNode(row)
  old.classList.toggle('new', isNew)
  if (isSame) return 0
  const inner = old.querySelector('[data-live-list]')
  const freshInner = row.querySelector('[data-live-list]')
  if (inner && freshInner) {
    const head = old.querySelector('[data-head]')
    const freshHead = row.querySelector('[data-head]')
    if (head && freshHead && !hasFocus(head)) head.replaceWith(document.importNode(freshHead, true))
    return mergeList(inner, freshInner)
  }
  if (!hasFocus(old) && !old.querySelector('details[open]')) old.replaceWith(document.importNode(row, true))
  return 0
}

function apply(fresh) {
  let added = 0
  for (const list of document.querySelectorAll('[data-live-list][id]')) {
    const other = fresh.getElementById(list.id)
    if (other) added += mergeList(list, other)
  }
  for (const part of document.querySelectorAll('[data-live]')) {
    const other = fresh.getElementById(part.id)
    if (!other || part.isEqualNode(other) || hasFocus(part)) continue
    part.replaceChildren(...Array.from(other.childNodes, (node) => document.importNode(node, true)))
  }
  return added
}

let unread = 0
let spokenAt = 0
let speaking
/** Says how much is new, at most once in ten seconds. */
function tell(added) {
  unread += added
  if (!news || unread === 0 || speaking) return
  speaking = setTimeout(() => {
    news.textContent = unread + (unread === 1 ? ' new request' : ' new requests')
    unread = 0
    spokenAt = Date.now()
    speaking = undefined
  }, Math.max(0, spokenAt + newsEveryMs - Date.now()))
}

let isReading = false
let isStale = false
function refresh() {
  if (isReading) {
    isStale = true
    return
  }
  isReading = true
  const request = new XMLHttpRequest()
  request.responseType = 'document'
  request.open('GET', location.href)
  request.onload = () => {
    if (request.status === 200 && request.response && source) tell(apply(request.response))
  }
  request.onloadend = () => {
    isReading = false
    if (isStale && source) {
      isStale = false
      refresh()
    }
  }
  request.send()
}

let source
function start() {
  source = new EventSource('/mock/console/events')
  source.onmessage = refresh
  source.onopen = () => {
    show('Live')
    refresh()
  }
  source.onerror = () => show('Reconnecting')
}
function stop() {
  source?.close()
  source = undefined
}
function show(text) {
  if (!live) return
  state.textContent = text
  live.dataset.state = text
}

if (document.querySelector('[data-live-list]')) start()
if (live) {
  live.hidden = false
  pause.addEventListener('click', () => {
    const isPaused = pause.getAttribute('aria-pressed') === 'true'
    pause.setAttribute('aria-pressed', String(!isPaused))
    if (isPaused) {
      start()
      return
    }
    stop()
    show('Paused')
  })
}
addEventListener('pagehide', stop)
addEventListener('pageshow', (event) => {
  if (event.persisted && !source && pause?.getAttribute('aria-pressed') !== 'true') start()
})
`
