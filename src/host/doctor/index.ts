export { diagnoseMachine } from './diagnose.ts'
export { type DoctorOptions, type WantedPort, wantedPortsDefault } from './options.ts'
export { diagnosePorts } from './ports.ts'
