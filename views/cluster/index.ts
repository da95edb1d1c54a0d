export { type Concern, concerns } from './concerns/index.ts'
export { Foot } from './foot.tsx'
export { ClusterPage, clusterRegions, pulse } from './page.tsx'
export { type Sentence, sentence } from './sentence.ts'
