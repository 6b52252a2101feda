// The clock of programs.html: what the script sends is shown, and the browser asks again when its time is up.
const clock = document.querySelector(".clock output");
const events = new EventSource("/cgi-bin/clock.sh");
events.onmessage = (event) => { clock.textContent = event.data; };
