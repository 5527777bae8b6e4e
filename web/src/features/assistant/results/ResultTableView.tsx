import { Anchor, Box, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { HiddenValue } from '@/shared/FieldValue'
import classes from './ResultTableView.module.css'
import type { ResultColumn, ResultRow, ResultTable } from './result'
import { useCellText } from './useCellText'

const most = 50

const numeric = new Set(['money', 'integer', 'decimal'])

/** The rows that a tool call gave. What the person may not see of them says Hidden. */
export function ResultTableView({ table, label }: { table: ResultTable; label: string }) {
  const { t } = useTranslation('assistant')
  const { heading } = useCellText()
  const columns = shownColumns(table)
  const rows = table.rows.slice(0, most)
  return (
    <>
      <Box role="group" className={classes.scroll} tabIndex={0} aria-label={label}>
        <Table className={classes.table} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              {columns.map(column => (
                <Table.Th key={column.name} scope="col" data-numeric={numeric.has(column.type) || undefined}>
                  {heading(column, table.collection)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, at) => (
              <Table.Tr key={row.id ?? at}>
                {columns.map((column, n) => (
                  <Table.Td key={column.name} data-numeric={numeric.has(column.type) || undefined}>
                    <Cell row={row} column={column} link={n === 0 ? table.collection : undefined} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Box>
      {(table.more || table.rows.length > most) && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('result.more', { count: rows.length })}
        </Text>
      )}
    </>
  )
}

/** A relation is told by its name where that was asked for, not by its id. */
function shownColumns({ columns }: ResultTable): ResultColumn[] {
  const named = new Set(columns.map(column => column.name.split('.')[0]))
  return columns.filter(column => column.type !== 'relation' || !named.has(column.name.replace(/_id$/, '')))
}

function Cell({ row, column, link }: { row: ResultRow; column: ResultColumn; link?: string }) {
  const text = useCellText().cell(row, column)
  if (text === null) return <HiddenValue />
  if (text === undefined) return <span>–</span>
  if (!link || !row.id) return text
  return (
    <Anchor component={Link} to="/records/$collection/$id" params={{ collection: link, id: row.id } as never} inherit>
      {text}
    </Anchor>
  )
}
