/** Groups of files that reach each other (Tarjan's strongly connected components of more than one file), each in order of path. */
export const cycles = (edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] => {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const waiting: string[] = []
  const found: string[][] = []

  const visit = (file: string) => {
    order.set(file, order.size)
    lowest.set(file, order.size - 1)
    waiting.push(file)
    for (const next of edges.get(file) ?? []) {
      if (!order.has(next)) visit(next)
      if (waiting.includes(next)) lowest.set(file, Math.min(at(lowest, file), at(lowest, next)))
    }
    if (lowest.get(file) !== order.get(file)) return
    const group = waiting.splice(waiting.indexOf(file))
    if (group.length > 1 || edges.get(file)?.includes(file)) found.push(group.sort())
  }

  for (const file of edges.keys()) if (!order.has(file)) visit(file)
  return found
}

const at = (numbers: ReadonlyMap<string, number>, file: string): number => numbers.get(file) ?? 0
