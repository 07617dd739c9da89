// Moves a server's clock ahead while it runs, by the seconds that stand in the file CLOCK. Only `Date` is moved, not timers.
import { readFileSync } from 'node:fs'

const Real = Date
const ahead = () => { try { return Number(readFileSync(process.env.CLOCK, 'utf8')) * 1000 } catch { return 0 } }
globalThis.Date = class Date extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead()) }
  static now() { return Real.now() + ahead() }
}
