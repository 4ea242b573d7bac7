// The code editor inside the panels writes its styles into <style> elements; the page's policy asks
// for its nonce on each.  Import this before anything else.
const { nonce } = document.querySelector("script[nonce]") ?? {};
if (nonce) {
  const make = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = make(name, options);
    if (String(name).toLowerCase() === "style") element.nonce = nonce;
    return element;
  };
}
