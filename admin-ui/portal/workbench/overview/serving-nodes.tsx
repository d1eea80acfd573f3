import type { PolicyStatus, ServingNode } from '../../../../gateway/http-api/contract/policy-activation.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { StateBadge } from '../../../look/state-badge.tsx'
import { ShortDigest } from '../parts/short-digest.tsx'
import { usePolicyWords } from '../words/policy-words.ts'

/** Which node and thread decides by which revision at this moment: one sentence, and every thread behind it. */
export const ServingNodes = ({ status: { active, serving } }: { readonly status: PolicyStatus }) => {
  const words = usePolicyWords()
  const wanted = active?.revision ?? null
  const others = serving.flatMap(({ points }) => points).filter(({ revision }) => revision === null || revision !== wanted).length
  return (
    <details className="card serving">
      <summary>
        <StateBadge
          look={others === 0 ? 'good' : 'bad'}
          word={others === 0 ? words.serving(serving.length) : words.servingOthers(others)}
        />
      </summary>
      {serving.map((node) => (
        <NodeTable key={node.node} node={node} wanted={wanted} />
      ))}
      <p className="quiet">{words.servingAgents}</p>
    </details>
  )
}

const NodeTable = ({ node: { node, started_ms, points }, wanted }: { readonly node: ServingNode; readonly wanted: string | null }) => {
  const words = usePolicyWords()
  return (
    <section>
      <h3>
        <span className="mono">{node}</span>{' '}
        <span className="quiet">
          {words.servingStarted} <ExactTime at={started_ms} />
        </span>
      </h3>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{words.servingThread}</th>
            <th scope="col">{words.servingRevision}</th>
            <th scope="col">{words.servingSince}</th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ kind, name, revision, since_ms }) => (
            <tr key={name} data-changed={revision === null || revision !== wanted}>
              <th scope="row">
                {words.servingKinds[kind]} {kind === 'main' ? null : <span className="quiet mono">{name}</span>}
              </th>
              <td>{revision === null ? <strong className="danger">{words.deniesAll}</strong> : <ShortDigest digest={revision} />}</td>
              <td>
                <ExactTime at={since_ms} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
