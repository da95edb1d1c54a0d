export type { Address, Mesh, MeshMember, PeerSight } from './ports.ts'
export type { Identity, Reading, RecordView, Service } from './service.ts'
export type { ClusterView, EventView, MemberView, ScoreView } from './view.ts'
