import { demoFolder, emptyConfig, removeFolder } from './folder.ts'
import { type DemoNode, demoNode, type Launch } from './node.ts'

/** Names in the order in which the nodes are started; nine at most. */
export const nodeNames = ['atlas', 'nova', 'vega', 'mini', 'pi', 'juno', 'lyra', 'echo', 'sol'] as const

export interface DemoNodes extends AsyncDisposable {
  readonly folder: string
  readonly nodes: readonly DemoNode[]
  /** Starts all processes; resolves when they answer. */
  start(): Promise<void>
}

/**
 * `count` node processes on loopback with state in a temporary folder, yet to be started. They stop when this process ends, however it ends
 * (their standard input closes), and the folder is removed; what a killed demo left behind is removed by the next one.
 */
export const makeNodes = (count: number, launch: Launch): DemoNodes => {
  const folder = demoFolder()
  const config = emptyConfig(folder)
  const nodes = nodeNames.slice(0, count).map((name, order) => demoNode(name, { folder, config, order }, launch))
  return {
    folder,
    nodes,
    start: async () => void (await Promise.all(nodes.map((node) => node.start()))),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(nodes.map((node) => node.kill()))
      removeFolder(folder)
    },
  }
}

/** Makes nodes and starts them; where one fails nothing is left of the others. */
export const startNodes = async (count: number, launch: Launch): Promise<DemoNodes> => {
  const demo = makeNodes(count, launch)
  try {
    await demo.start()
  } catch (error) {
    await demo[Symbol.asyncDispose]()
    throw error
  }
  return demo
}
