/** One row of `GET /contacts`. */
export interface Contact {
  readonly name: string
  readonly company: string
  readonly email: string
}

export const contacts: readonly Contact[] = [
  { name: 'Tom Okafor', company: 'Harbor Tools', email: 'tom@harbor.example' },
  { name: 'Ada Lindqvist', company: 'Northwind', email: 'ada@northwind.example' },
  { name: 'Priya Nair', company: 'Bluebell Foods', email: 'priya@bluebell.example' },
  { name: 'Luis Romero', company: 'Atlas Print', email: 'luis@atlas.example' },
]

/** One row of `GET /invoices`. */
export interface Invoice {
  readonly number: string
  readonly customer: string
  readonly total: string
}

export const invoices: readonly Invoice[] = [
  { number: '2026-0117', customer: 'Northwind', total: '1,240.00' },
  { number: '2026-0118', customer: 'Harbor Tools', total: '310.50' },
]

/** One row of `GET /files`. */
export interface StoredFile {
  readonly name: string
  readonly visibility: 'public' | 'private'
  readonly reviews: readonly { readonly verdict: string; readonly reviewer: { name: string; email: string } }[]
}

const tom = { name: 'Tom Okafor', email: 'tom@harbor.example' }
const priya = { name: 'Priya Nair', email: 'priya@bluebell.example' }

export const files: readonly StoredFile[] = [
  { name: 'handbook.txt', visibility: 'public', reviews: [{ verdict: 'good', reviewer: tom }] },
  { name: 'price-list.txt', visibility: 'public', reviews: [] },
  { name: 'salaries.txt', visibility: 'private', reviews: [{ verdict: 'out of date', reviewer: priya }] },
]
