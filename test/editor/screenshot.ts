// Makes the README's pictures, media/screenshot.png and media/preview.png, in a real VS Code with the real models:
// node test/editor/screenshot.ts
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { PersonSession } from './person/session.ts';
import { root } from './root.ts';

const session = new PersonSession();
try {
  await session.start({
    linkExtension: process.argv[2] ?? root,
    settings: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own placeholders.
      'window.title': '${activeEditorShort} — ${rootName}',
      'editor.minimap.enabled': false,
      'editor.hover.delay': 100,
      'editor.fontSize': 13,
      'window.commandCenter': false,
      'breadcrumbs.enabled': false,
    },
  });
  const { workbench } = session;
  const { page } = workbench;
  await workbench.openFile('problems.json');
  for (const model of ['sketchbook-base', 'sketchbook-student', 'sketchbook-teacher']) {
    await workbench.command('Rationale: Annotate Dataset…');
    await workbench.quickPick(model).click();
    await workbench.clickUntilTold(workbench.quickPick('test'), /records run on (CPU|WebGPU)/);
    await workbench.command('Notifications: Clear All Notifications');
  }
  await workbench.command('Rationale: Focus on Records View');
  await widenSideBar(page);
  await workbench.command('Rationale: Group Records by Rule');
  const records = workbench.pane('Records');
  await records.locator('.monaco-list-row', { hasText: 'reasoning-contradicts-conclusion' }).click();
  await records.locator('.monaco-list-row[aria-level="2"]').first().click();

  // The hover of the record that the tree has shown: on its question's key, where no finding stands.
  await workbench.command('View: Focus Active Editor Group');
  await page.keyboard.press('Home');
  await workbench.command('Show or Focus Hover');
  const hover = page.locator('.monaco-hover:not(.hidden)').first();
  await hover.locator('img').first().waitFor();
  await page.waitForTimeout(1000);
  await keep('screenshot');

  // A prompt file beside its preview, run on the record that the cursor of the dataset's editor stands in.
  await page.keyboard.press('Escape');
  await workbench.select('"1": {');
  await workbench.openFile('setting-1.prompty');
  await workbench.command('View: Close Primary Side Bar');
  await workbench.goTo(26);
  await workbench.titleButton('Preview Prompt').click();
  const preview = workbench.webview();
  await preview.getByLabel('sketchbook-teacher').check();
  await preview.getByRole('button', { name: 'Run on This Record' }).click();
  await preview.locator('.verdict').nth(1).waitFor();
  await preview.locator('h1').scrollIntoViewIfNeeded();
  await page.waitForTimeout(1000);
  await keep('preview');
} catch (error) {
  await session.workbench.screenshot('screenshot-failed');
  throw error;
} finally {
  await session.end();
}

/** Takes a picture for the README. */
async function keep(name: string): Promise<void> {
  const picture = await session.workbench.screenshot(name);
  await sharp(picture)
    .png({ palette: true })
    .toFile(join(root, 'media', `${name}.png`));
}

async function widenSideBar(page: Page): Promise<void> {
  const bar = (await page.locator('.part.sidebar').boundingBox())!;
  const [edge, middle] = [bar.x + bar.width + 2, bar.y + bar.height / 2];
  await page.mouse.move(edge, middle);
  await page.mouse.down();
  await page.mouse.move(edge + 80, middle, { steps: 5 });
  await page.mouse.up();
}
