/** What all pages of the mock share: colours for light and dark, and the mark. */
import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** Colours as custom properties of `:root`, each pair of text and ground with a contrast of at least 4.5. */
export const palette: string = `:root{color-scheme:light dark;--ground:#f3f4f8;--card:#fff;--ink:#191c2b;--soft:#565c74;--line:#c9cddb;--field:#fff;--edge:#7a8198;
--accent:#3b4fd8;--on-accent:#fff;--bad:#b3261e;--bad-ground:#fdeeed;--code:#eef0f7}
@media (prefers-color-scheme:dark){:root{--ground:#11131c;--card:#1b1e2b;--ink:#eceef6;--soft:#a5abc2;--line:#41475e;
--field:#141722;--edge:#7f86a0;--accent:#98a6ff;--on-accent:#10132b;--bad:#ffb4ab;--bad-ground:#3a1f1f;--code:#262a3b}}
`

/** The mark in front of the name, hidden from screen readers. */
export const mark: HtmlEscapedString = raw(
  '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#3b4fd8"/>' +
    '<path d="M9 17.5l4.5 4.5L23 11" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" ' +
    'stroke-linejoin="round"/></svg>',
)

/** The same mark as an icon of the page, a data URL. */
export const icon: string =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' " +
  "rx='9' fill='%233b4fd8'/%3E%3Cpath d='M9 17.5l4.5 4.5L23 11' fill='none' stroke='%23fff' stroke-width='3.2'/%3E%3C/svg%3E"
