export { type Paths, pathsFor, socketIn, systemPaths } from './paths.ts'
