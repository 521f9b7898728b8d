/**
 * Does something when asked to, but not more often than every `pause` milliseconds: at once after a quiet
 * time, otherwise once at the end of the pause, however often it was asked for.
 */
export class Throttle {
  private readonly action: () => void;
  private readonly pause: number;
  private timer: NodeJS.Timeout | null = null;
  private wanted = false;

  constructor(action: () => void, pause: number) {
    this.action = action;
    this.pause = pause;
  }

  request(): void {
    if (this.timer) {
      this.wanted = true;
      return;
    }
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.wanted) this.request();
    }, this.pause);
    this.timer.unref();
    this.wanted = false;
    this.action();
  }

  /** Forgets what was asked for and not done yet. */
  cancel(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.wanted = false;
  }
}
