import { type AccessRule, describeRule, explainDecision } from '@countersign/core'
import { useAccess, useAccessToken } from '@countersign/react'
import { readContacts, readInvoices } from '@countersign-example/shared/rules'
import { type ReactNode, useState } from 'react'
import { type Answer, type Row, readRows } from './api.ts'

export function ApiCalls(): ReactNode {
  return (
    <section className="card" aria-labelledby="api">
      <h2 id="api">Calls to the API</h2>
      <Call title="Contacts" path="/contacts" rule={readContacts} />
      <Call title="Invoices" path="/invoices" rule={readInvoices} />
    </section>
  )
}

interface CallProps {
  readonly title: string
  readonly path: string
  /** The same object that guards the route of the API. */
  readonly rule: AccessRule
}

function Call({ title, path, rule }: CallProps): ReactNode {
  const decision = useAccess(rule)
  const getAccessToken = useAccessToken()
  const [answer, setAnswer] = useState<Answer>()
  const [failure, setFailure] = useState('')

  const call = async () => {
    setFailure('')
    try {
      setAnswer(await readRows(path, getAccessToken))
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <section className="call" aria-label={title}>
      <h3>{title}</h3>
      <p className="soft">
        <code>GET {path}</code> needs {describeRule(rule)}. This page expects:{' '}
        <strong>{decision.allowed ? 'allowed' : 'refused'}</strong>. {!decision.allowed && explainDecision(decision)}
      </p>
      <button type="button" onClick={call}>
        Read {title.toLowerCase()}
      </button>
      <div role="status">
        {failure && <p className="refused">The API can not be reached: {failure}</p>}
        {!failure && answer && 'error' in answer && (
          <p className="refused">
            Refused by the API: {answer.status} {answer.error}.{' '}
            {answer.scope && (
              <>
                The token lacks the scope <code>{answer.scope}</code>.
              </>
            )}
          </p>
        )}
        {!failure && answer && 'rows' in answer && <Rows caption={title} rows={answer.rows} />}
      </div>
    </section>
  )
}

function Rows({ caption, rows }: { readonly caption: string; readonly rows: readonly Row[] }): ReactNode {
  const columns = Object.keys(rows[0] ?? {})
  const sort = new URLSearchParams(location.search).get('sort') ?? ''
  const sorted = rows.toSorted((a, b) => (a[sort] ?? '').localeCompare(b[sort] ?? ''))
  return (
    <div className="rows">
      <table>
        <caption>
          {caption}
          {columns.includes(sort) && `, sorted by ${sort}`}
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={row[columns[0] ?? '']}>
              {columns.map((column) => (
                <td key={column}>{row[column]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
