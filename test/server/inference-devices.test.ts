import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import type { DeviceKind } from '../../server/src/inference/hosts/messages.ts';
import { DEVICE_SETTINGS } from '../../server/src/inference/index.ts';
import { devicesFor, kindsOn } from '../../server/src/inference/onnx/devices/choose.ts';
import { type Probed, probeDevice, probed } from '../../server/src/inference/onnx/devices/probe.ts';
import { DEVICE_KINDS, DEVICES } from '../../server/src/inference/onnx/devices/table.ts';
import { cudaProblem, vulkanAdapter, webgpuProblem } from '../../server/src/inference/onnx/devices/words.ts';
import { readSettings } from '../../server/src/lsp/settings.ts';
import { broken, finding, works } from './found-devices.ts';
import { all } from './inference-fixtures.ts';

const require = createRequire(import.meta.url);
/** Folder of onnxruntime-node. */
const runtime = dirname(require.resolve('onnxruntime-node/package.json'));
const binaries = join(runtime, 'bin', 'napi-v6');
const isLinux = process.platform === 'linux' && process.arch === 'x64';
const BIG = 10 ** 9;

/** What a model is offered in turn: names of devices, and in parentheses why not. */
async function offered(...args: Parameters<typeof devicesFor>): Promise<string[]> {
  const found = await all(devicesFor(...args));
  return found.map((one) => ('why' in one ? `(${one.why})` : one.device.kind));
}

describe('the table of devices', () => {
  it('has what this build of ONNX Runtime has, by its names', () => {
    const names = listSupportedBackends().map(({ name }) => name);
    assert.deepEqual(
      kindsOn().toSorted(),
      names.filter((name) => name !== 'tensorrt').toSorted(),
      'TensorRT is the only one left out',
    );
  });

  it('has what the builds for other platforms have', () => {
    const platforms = readdirSync(binaries).flatMap((os) =>
      readdirSync(join(binaries, os)).map((arch) => ({ os, arch, folder: join(binaries, os, arch) })),
    );
    const having = (isThere: (folder: string) => boolean) =>
      platforms
        .filter(({ folder }) => isThere(folder))
        .map(({ os, arch }) => `${os}-${arch}`)
        .toSorted();
    const names = (text: string) => (folder: string) =>
      readFileSync(join(folder, 'onnxruntime_binding.node')).includes(text);
    // What its installer would fetch, by platform.
    const { requirements } = require('onnxruntime-node/script/install-metadata.js') as {
      requirements: Record<string, string[]>;
    };
    const wanting = Object.keys(requirements).filter((platform) =>
      requirements[platform]?.includes('cuda12'),
    );
    const expected: Record<DeviceKind, string[]> = {
      cpu: having(() => true),
      webgpu: having(names('WebGPU EP has an unrecognized option')),
      cuda: wanting.map((platform) => platform.replace('/', '-')),
      dml: having((folder) => readdirSync(folder).includes('DirectML.dll')),
      coreml: having(names('OrtSessionOptionsAppendExecutionProvider_CoreML')),
    };
    for (const kind of DEVICE_KINDS)
      assert.deepEqual(DEVICES[kind].platforms.toSorted(), expected[kind], `platforms of ${kind}`);
  });

  it('is what the setting may hold', () => {
    for (const device of DEVICE_SETTINGS) assert.equal(readSettings({ device }).device, device);
    assert.equal(readSettings({ device: 'gpu' }).device, 'auto');
  });
});

describe('choosing a device', function () {
  this.timeout(120_000);

  it('takes the CPU for a small model unasked, and one thread where a second does not pay', async () => {
    const found = await all(devicesFor('auto', 5_000_000, finding({})));
    assert.deepEqual(found.at(-1), { device: { kind: 'cpu', threads: 1 }, name: 'CPU (1 thread)' });
    assert.deepEqual(found.slice(0, -1), [
      {
        why: 'Models of less than 100 MB run on the CPU: to start each step elsewhere costs more than to compute it.',
        isQuiet: true,
      },
    ]);
  });

  const cases: readonly [string, string, Partial<Record<DeviceKind, Probed>>, readonly string[]][] = [
    [
      'CUDA first on Linux',
      'linux-x64',
      { cuda: works(1), webgpu: works(2), cpu: works(10) },
      ['cuda', 'webgpu', 'cpu'],
    ],
    [
      'what works behind what does not',
      'linux-x64',
      { cuda: broken('its probe was ended by SIGSEGV.'), webgpu: works(2), cpu: works(10) },
      ['(CUDA is not available here: its probe was ended by SIGSEGV.)', 'webgpu', 'cpu'],
    ],
    [
      'what is clearly faster than the CPU',
      'linux-x64',
      { cuda: works(8), webgpu: works(6, 'Card'), cpu: works(10) },
      [
        '(CUDA is no faster than the CPU here: 8.0 ms against 10.0 ms for the same piece of attention.)',
        'webgpu',
        'cpu',
      ],
    ],
    [
      'on Windows WebGPU, which keeps the cache, before DirectML',
      'win32-x64',
      { webgpu: works(1), dml: works(1), cpu: works(9) },
      ['webgpu', 'dml', 'cpu'],
    ],
    [
      'on a Mac Core ML where WebGPU does not compute right',
      'darwin-arm64',
      { webgpu: broken('it is off by 2 %.'), coreml: works(2), cpu: works(9) },
      ['(WebGPU is not available here: it is off by 2 %.)', 'coreml', 'cpu'],
    ],
    ['the CPU where there is nothing else, without trying it', 'linux-arm64', {}, ['cpu']],
    [
      'a GPU where the CPU itself cannot be tried',
      'win32-arm64',
      { webgpu: works(2), dml: broken('no.'), cpu: broken('no.') },
      ['webgpu', '(DirectML is not available here: no.)', 'cpu'],
    ],
  ];
  for (const [what, platform, found, expected] of cases) {
    it(`by itself takes ${what}`, async () => {
      assert.deepEqual(await offered('auto', BIG, finding(found), platform), expected);
    });
  }

  it('tries no further than a model needs', async () => {
    const probe = finding({ cuda: works(1), cpu: works(10) });
    for await (const one of devicesFor('auto', BIG, probe, 'linux-x64')) if ('device' in one) break;
    assert.deepEqual(probe.asked, ['cuda', 'cpu']);
  });

  it('offers a device that was asked for alone, however slow, and for however small a model', async () => {
    const slow = finding({ webgpu: works(1000, 'Card') });
    const [one, ...others] = await all(devicesFor('webgpu', 1, slow, 'linux-x64'));
    assert.deepEqual([one, others], [{ device: { kind: 'webgpu', threads: 1 }, name: 'WebGPU on Card' }, []]);
    assert.deepEqual(await offered('cpu', BIG, finding({})), ['cpu']);
  });

  it('replaces none that was asked for, and says in a sentence what is missing', async () => {
    await assert.rejects(offered('dml', BIG, finding({ dml: broken('no card.') }), 'win32-x64'), {
      message: 'DirectML is not available here: no card.',
    });
    await assert.rejects(offered('coreml', BIG, finding({}), 'linux-x64'), {
      message:
        'Core ML is not to be had here: ONNX Runtime has it on macOS (Apple silicon); choose auto, cuda, webgpu, cpu.',
    });
  });

  for (const [what, limit, problem] of [
    ['crashes', 60_000, 'its probe was ended by SIGABRT.'],
    ['hangs', 1000, 'its probe gave no sign of life for 1 second.'],
  ] as const) {
    it(`outlives a driver that ${what}`, async () => {
      process.env.RATIONALE_TEST_PROBE = what;
      const host = join(import.meta.dirname, 'inference-fake-host.ts');
      assert.deepEqual(await probeDevice('webgpu', host, limit), { problem });
      delete process.env.RATIONALE_TEST_PROBE;
    });
  }
});

describe('what ONNX Runtime says of a device', function () {
  this.timeout(120_000);
  const SHARED = 'libonnxruntime_providers_shared.so';
  const CUDA = 'libonnxruntime_providers_cuda.so';

  it('is a sentence that says what to do', () => {
    // As ONNX Runtime 1.30 printed it, with onnxruntime-gpu's libraries beside it and one thing after the other missing.
    const printed = (library: string, error: string) =>
      `\u001b[1;31m2026-01-01 00:00:00.0 [E:onnxruntime:onnxruntime-node, provider_bridge_ort.cc:2146 Create] provider_bridge_ort.cc:1988 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library /ort/x64/${library} with error: ${error}: cannot open shared object file: No such file or directory\n\u001b[m\n`;
    const said = (
      printed: string,
      reason = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library.',
    ) => cudaProblem({ reason, printed, runtime: '1.30.0' });
    for (const library of [SHARED, CUDA]) {
      assert.deepEqual(said(printed(library, `/ort/x64/${library}`)), {
        problem: `its part of ONNX Runtime is not installed: copy ${SHARED} and ${CUDA} of onnxruntime-gpu 1.30.0 (PyPI) into /ort/x64, and install CUDA and cuDNN.`,
        isQuiet: true,
      });
    }
    assert.deepEqual(said(printed(CUDA, 'libcublasLt.so.13')), {
      problem: `libcublasLt.so.13 is missing, which ${CUDA} needs: install CUDA and cuDNN, or name the folder that holds it in LD_LIBRARY_PATH.`,
    });
    assert.deepEqual(said(printed(CUDA, 'libcuda.so.1')), {
      problem: 'libcuda.so.1 is missing: install the driver of NVIDIA.',
    });
    const failure =
      'cuda_call.cc:146 onnxruntime::CudaCall(ERRTYPE, const char*) CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; hostname=vm ; file=cuda_execution_provider.cc ; line=352 ; expr=cudaSetDevice(info_.device_id); .';
    assert.deepEqual(said('', failure), { problem: 'CUDA says: no CUDA-capable device is detected.' });
    assert.deepEqual(said('', 'Something else.'), { problem: 'Something else.' });

    const none = 'Failed to get a WebGPU adapter: No supported adapters.';
    const vulkan =
      "Warning: Couldn't load Vulkan: libvulkan.so.1: cannot open shared object file: No such file or directory";
    assert.deepEqual(webgpuProblem({ reason: none, printed: vulkan, runtime: '' }), {
      problem: 'libvulkan.so.1 is missing: install the Vulkan loader and the driver of the graphics card.',
    });
    assert.deepEqual(webgpuProblem({ reason: none, printed: '', runtime: '' }), {
      problem: 'no graphics card was found that has a driver for it.',
    });
    assert.equal(
      vulkanAdapter('[Vulkan Loader] DRIVER: Using "NVIDIA L4" with driver: "/x.so"'),
      'NVIDIA L4',
    );
    assert.equal(vulkanAdapter('nothing'), null);
  });

  it('is asked of the real one, which has no CUDA until its libraries are installed', async function () {
    if (!isLinux || readdirSync(join(binaries, 'linux', 'x64')).includes(CUDA)) this.skip();
    const found = await probeDevice('cuda');
    assert.ok('problem' in found && found.isQuiet);
    // It is asked anew each time, as somebody may install them; what works is tried once.
    assert.notEqual(await probed('cuda'), await probed('cuda'));
    assert.equal(await probed('cpu'), await probed('cpu'));
    const { version } = require('onnxruntime-node/package.json') as { version: string };
    assert.ok(
      found.problem.includes(
        `of onnxruntime-gpu ${version} (PyPI) into ${join(binaries, 'linux', 'x64')}, and`,
      ),
      found.problem,
    );
  });

  it('tells a library that is broken from one that was never installed', async function () {
    if (!isLinux) this.skip();
    const host = resolve(import.meta.dirname, '../../dist/model-host.js');
    const folder = mkdtempSync(join(tmpdir(), 'rationale-runtime-'));
    try {
      // The model host as it is shipped, beside an ONNX Runtime of its own.
      copyFileSync(host, join(folder, 'model-host.js'));
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      const modules = join(folder, 'node_modules');
      const own = join(modules, 'onnxruntime-node');
      const library = join(own, 'bin', 'napi-v6', 'linux', 'x64');
      mkdirSync(library, { recursive: true });
      for (const name of ['dist', 'package.json'])
        cpSync(join(runtime, name), join(own, name), { recursive: true });
      for (const name of readdirSync(join(binaries, 'linux', 'x64'))) {
        const [from, to] = [join(binaries, 'linux', 'x64', name), join(library, name)];
        try {
          linkSync(from, to);
        } catch {
          copyFileSync(from, to);
        }
      }
      for (const name of ['onnxruntime-common', 'sharp'])
        symlinkSync(join(runtime, '..', name), join(modules, name));
      const problem = async () => {
        const found = await probeDevice('cuda', join(folder, 'model-host.js'));
        assert.ok('problem' in found);
        return [found.isQuiet, found.problem.replaceAll(library, 'FOLDER')];
      };
      const [isQuiet, missing] = await problem();
      assert.ok(isQuiet);
      assert.match(
        String(missing),
        /^its part of ONNX Runtime is not installed: .+ into FOLDER, and install CUDA and cuDNN\.$/,
      );
      writeFileSync(join(library, SHARED), 'a page that a proxy sent instead');
      assert.deepEqual(await problem(), [undefined, `FOLDER/${SHARED} cannot be loaded: file too short.`]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
