export const templateNames = ['coordinator', 'worker'] as const
export type TemplateName = (typeof templateNames)[number]

/** A commented configuration: every key with its default, those that matter for this kind of machine first. */
export const configTemplate = (name: TemplateName): string => [heads[name], ...orders[name].map((part) => parts[part]), ''].join('\n')

const heads: Readonly<Record<TemplateName, string>> = {
  coordinator: `# bzzz on a machine that the others find first: always on, with an address that does not change. It need not have a GPU.
# Every key may be left out; what stands behind a # is the default or an example. After a change: systemctl restart bzzz
`,
  worker: `# bzzz on a machine that runs models: what counts is its Ollama, its GPUs, and where it stands.
# Every key may be left out; what stands behind a # is the default or an example. After a change: systemctl restart bzzz
`,
}

type Part = keyof typeof parts

const parts = {
  name: `# Name of this machine in the cluster: a-z 0-9 - _. Without it: the first label of the host name.
# name: atlas
`,
  zone: `# Rack or site. Voters and copies of models are spread over zones, and the nearest one is asked first.
# zone: rack-a
`,
  mesh: `# Where the other machines reach this one. Open this port between the members, TCP.
mesh:
  # The address to listen on; 0.0.0.0 is all.
  host: 0.0.0.0
  port: 8081
  # Addresses to tell the others, where those of the interfaces are not the ones to dial (NAT, a name in the DNS). At most 16.
  # announce: [atlas.example.org]
`,
  ollama: `# The Ollama of this machine. Leave it on loopback: the cluster reaches it through bzzz.
ollama:
  url: http://127.0.0.1:11434
`,
  web: `# The page, on loopback only. From elsewhere: ssh -L 8080:127.0.0.1:8080 THIS-MACHINE
web:
  host: 127.0.0.1
  port: 8080
`,
  ports: `# Ports for joining and models, and for clients of Ollama.
bulk:
  port: 8082
gateway:
  port: 11435
`,
  log: `# level: debug, info, warn, error or silent. format: json, pretty, or auto (pretty on a terminal).
log:
  level: info
  format: auto
`,
  data: `# Where the node keeps everything, and its socket. The service may write only to the folder it was installed with.
# data: /var/lib/bzzz
# socket: /var/lib/bzzz/bzzz.sock
`,
} as const

const orders: Readonly<Record<TemplateName, readonly Part[]>> = {
  coordinator: ['name', 'mesh', 'web', 'zone', 'ports', 'ollama', 'log', 'data'],
  worker: ['name', 'zone', 'ollama', 'mesh', 'web', 'ports', 'log', 'data'],
}
