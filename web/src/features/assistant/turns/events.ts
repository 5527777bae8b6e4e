import type { components } from '@/api/schema.gen'
import type { Chart, LiveCall, Turn } from './types'

type Schemas = components['schemas']

/** An event of a turn's stream, by its name. */
type Events = {
  started: Schemas['EventStarted']
  text: Schemas['EventTextDelta']
  tool_call: Schemas['EventToolStarted']
  tool_result: Schemas['ConversationResultEvent']
  chart: Schemas['EventChartDrawn']
  usage: Schemas['EventUsageCounted']
  end: Schemas['EventEnded']
  answer: Turn
}

export type TurnEvent = { [N in keyof Events]: { name: N; data: Events[N] } }[keyof Events]

/** What has arrived of a turn. */
export type Progress = {
  started?: Events['started']
  /** The text of the step under way: the answer, unless the step goes on to call tools. */
  text: string
  step: number
  calls: LiveCall[]
  charts: Chart[]
  end?: Events['end']
  answer?: Turn
}

export const nothingYet: Progress = { text: '', step: 0, calls: [], charts: [] }

/** Adds an event. An event that came before, after a lost connection, changes nothing. */
export function advance(progress: Progress, event: TurnEvent): Progress {
  switch (event.name) {
    case 'started':
      return { ...progress, started: event.data }
    case 'text': {
      const same = progress.step === event.data.step
      return { ...progress, step: event.data.step, text: (same ? progress.text : '') + event.data.text }
    }
    case 'tool_call':
      // What a step said before it called a tool was talk on the way.
      return { ...progress, text: '', calls: withCall(progress.calls, { ...event.data, pending: true }) }
    case 'tool_result':
      return { ...progress, calls: withCall(progress.calls, event.data) }
    case 'chart':
      return progress.charts.some(chart => chart.id === event.data.id)
        ? progress
        : { ...progress, charts: [...progress.charts, event.data] }
    case 'end':
      return { ...progress, end: event.data }
    case 'answer':
      return { ...progress, answer: whole(event.data, progress.calls) }
    default:
      return progress
  }
}

function withCall(calls: LiveCall[], call: LiveCall): LiveCall[] {
  const at = calls.findIndex(other => other.id === call.id)
  return at < 0 ? [...calls, call] : calls.with(at, call)
}

/** The turn with the results of its calls, which came before it. */
function whole(turn: Turn, seen: LiveCall[]): Turn {
  const results = new Map(seen.map(call => [call.id, call]))
  return {
    ...turn,
    calls: turn.calls.map(call => {
      const before = results.get(call.id)
      // What is withheld by now stays so.
      return call.withheld || !before ? call : { ...call, result: before.result }
    }),
  }
}
