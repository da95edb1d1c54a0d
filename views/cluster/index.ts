export { Foot } from './foot.tsx'
export { ClusterPage, clusterRegions, pulse } from './page.tsx'
