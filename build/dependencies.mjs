// Brings node_modules to what the lock file says, Bun included, and does nothing (in about 50 ms) where it already is.
// Plain Node, because it runs before there is a Bun. Every npm script starts with it, so a fresh clone needs no other step.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.bzzz-installed')
const bun = join(modules, 'bun', 'bin', 'bun.exe')

const stamp = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(`${process.platform} ${process.arch}`)
  .digest('hex')

if (!isInstalled()) {
  try {
    install()
  } catch (error) {
    console.error(`The packages could not be installed: ${error.message}`)
    console.error('Check that the npm registry can be reached and that this folder is yours to write, then run the command again.')
    process.exit(1)
  }
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(bun)
}

/**
 * No package's install script runs: npm 10 runs them all, npm 11 only the allowed ones, and none is wanted but Bun's own, which puts the right
 * executable in its place and is called by name.
 */
function install() {
  console.error('Installing the packages of package-lock.json (once, about 20 seconds) …')
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // `npm install` keeps what is already right; `npm ci` is the strict way for an empty folder. Neither rewrites the lock file.
  npm(existsSync(modules) ? ['install', '--no-save', ...options] : ['ci', ...options])
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.bun
  // Before its script ran, the file is a placeholder that fails; after it, running the script again would fail.
  if (bunVersion() !== wanted) execFileSync(process.execPath, ['install.js'], { cwd: join(modules, 'bun'), stdio: ['ignore', 2, 2] })
  if (bunVersion() !== wanted) throw new Error(`Bun is ${bunVersion()}, package.json wants ${wanted}`)
  writeFileSync(stampFile, stamp)
}

function npm(args) {
  // Under `npm run` this is the npm that the user started; its version decides how it behaves, so take the same one.
  const itself = process.env.npm_execpath
  const [command, first] = itself?.endsWith('.js') ? [process.execPath, [itself]] : ['npm', []]
  execFileSync(command, [...first, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
}

function bunVersion() {
  try {
    return execFileSync(bun, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'missing'
  }
}
