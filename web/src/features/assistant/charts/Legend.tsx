import classes from './ChartCard.module.css'

/** The colour of the nth series or part. */
export const colorOf = (n: number) => `var(--c${(n % 8) + 1})`

/** Which colour stands for what. */
export function Legend({ entries }: { entries: { name: string; color: string }[] }) {
  return (
    <ul className={classes.legend}>
      {entries.map(({ name, color }) => (
        <li key={`${color} ${name}`}>
          <i style={{ background: color }} />
          {name}
        </li>
      ))}
    </ul>
  )
}
