/** A result that is JSON already. */
export class JsonText<View = unknown> {
  /** @param made what the text was made from, where that is at hand */
  constructor(
    readonly text: string,
    private readonly made?: View,
  ) {}

  get view(): View {
    return this.made ?? (JSON.parse(this.text) as View);
  }
}

/** A view with its JSON, which is made when it is first asked for: for what is answered often and changes rarely. */
export class RenderedView<View extends object> {
  private rendered: JsonText<View> | null = null;

  constructor(readonly view: View) {}

  get json(): JsonText<View> {
    return (this.rendered ??= new JsonText<View>(JSON.stringify(this.view), this.view));
  }
}
