export { admit, type ClusterKeys, type FormationNode, found, isFormed, throwAwayKeys, votersOf } from './formation.ts'
